/** Reading what a role lists. Names become parts of addresses, never of local paths; they are held to a shape all the same. */
import {
  ARCHITECTURES,
  decodeSummary,
  type Finding,
  formatPath,
  type ReleaseSummary,
} from "@slipway/release";
import type { Metadata, TargetFile, Targets } from "@tufjs/models";
import { ownMember } from "./plain-value.ts";
import { type Place, refusal } from "./refusal.ts";

const RELEASE =
  /^releases\/(?<image>[a-z0-9][a-z0-9-]{0,62})\/(?<version>[A-Za-z0-9][A-Za-z0-9.~^-]{0,63})\/(?<last>[a-z0-9_]{1,32})\.json$/;
const CHANNEL =
  /^channels\/(?<image>[a-z0-9][a-z0-9-]{0,62})\/(?<last>[a-z0-9][a-z0-9._-]{0,62})\.json$/;

/** Names that Windows keeps for devices, with whatever extension: somebody's mirror may be a share. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A file that signed metadata describes. */
export interface ListedFile {
  /** TUF's path of it. */
  readonly path: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface ListedRelease extends ListedFile {
  readonly summary: ReleaseSummary;
}

/** Where a file of this content lies: consistent snapshots carry the digest before the last part of the path. */
export const addressOf = ({ path, sha256 }: ListedFile): string => {
  const cut = path.lastIndexOf("/") + 1;
  return `targets/${path.slice(0, cut)}${sha256}.${path.slice(cut)}`;
};

const readFileFacts = (path: string, target: TargetFile, place: Place): ListedFile => {
  const sha256 = ownMember(target.hashes, "sha256");
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw refusal("BAD_METADATA", place, `lists ${show(path)} without its SHA-256`);
  if (!Number.isSafeInteger(target.length) || target.length < 0)
    throw refusal("BAD_METADATA", place, `lists ${show(path)} without its length`);
  return { path, length: target.length, sha256 };
};

/** Long names are shown cut, and none raw. */
const show = (name: string): string =>
  JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

/** Every name that a role lists, if each has this shape and belongs to the image. */
const checkNames = (
  { signed }: Metadata<Targets>,
  {
    shape,
    image,
    place,
  }: { readonly shape: RegExp; readonly image?: string; readonly place: Place },
): readonly (readonly [string, TargetFile])[] => {
  const entries = Object.entries(signed.targets);
  const folded = new Set<string>();
  for (const [path] of entries) {
    const groups = shape.exec(path)?.groups;
    const isForeign = image !== undefined && groups?.["image"] !== image;
    if (groups === undefined || isForeign || path.split("/").some((part) => DEVICE.test(part)))
      throw refusal(
        "BAD_TARGET_NAME",
        place,
        `lists ${show(path)}, which is no name for it to list`,
      );
    if (folded.has(path.toLowerCase()))
      throw refusal(
        "BAD_TARGET_NAME",
        place,
        `lists ${show(path)} and another name that differs in case alone`,
      );
    folded.add(path.toLowerCase());
  }
  return entries;
};

const describe = (findings: readonly Finding[]): string =>
  findings.map(({ message, path }) => `${formatPath(path)}: ${message}`).join("; ");

export interface ListingOptions {
  readonly place: Place;
  readonly log: (line: string) => void;
}

/**
 * The releases in an image role's list. One whose summary this agent cannot read is left out and logged: it may be for machines that came later.
 * @throws ReceiverError BAD_TARGET_NAME, BAD_METADATA, MIXED_UP (a summary of another release than its path)
 */
export const readReleases = (
  list: Metadata<Targets>,
  image: string,
  { place, log }: ListingOptions,
): readonly ListedRelease[] => {
  const releases: ListedRelease[] = [];
  for (const [path, target] of checkNames(list, { shape: RELEASE, image, place })) {
    const { version, last } = RELEASE.exec(path)?.groups ?? {};
    const file = readFileFacts(path, target, place);
    if (!ARCHITECTURES.some((known) => known === last)) continue;
    const decoded = decodeSummary(ownMember(target.custom, "slipway"));
    if (!decoded.ok) {
      log(`${path} in ${place.file} is left out: ${describe(decoded.findings)}`);
      continue;
    }
    const summary = decoded.value;
    if (summary.image !== image || summary.version !== version || summary.architecture !== last)
      throw refusal(
        "MIXED_UP",
        place,
        `describes another release than ${show(path)} under that name`,
      );
    releases.push({ ...file, summary });
  }
  return releases;
};

/**
 * The channels in the online role's list.
 * @throws ReceiverError BAD_TARGET_NAME, BAD_METADATA
 */
export const readChannels = (list: Metadata<Targets>, place: Place): readonly ListedFile[] =>
  checkNames(list, { shape: CHANNEL, place }).map(([path, target]) =>
    readFileFacts(path, target, place),
  );
