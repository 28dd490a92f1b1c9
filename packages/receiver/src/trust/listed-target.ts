/** Reading what a role lists. Names become parts of addresses, never of local paths; they are held to a shape all the same. */
import {
  ARCHITECTURES,
  channelOfTarget,
  decodeSummary,
  type Finding,
  formatPath,
  releaseOfTarget,
  type ReleaseSummary,
  releaseTarget,
} from "@slipway/release";
import type { Metadata, TargetFile, Targets } from "@tufjs/models";
import { ownMember } from "./plain-value.ts";
import { type Place, refusal } from "./refusal.ts";

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

/** Every name that a role lists, if each is one of its own. */
const checkNames = (
  { signed }: Metadata<Targets>,
  isOwn: (path: string) => boolean,
  place: Place,
): readonly (readonly [string, TargetFile])[] => {
  const entries = Object.entries(signed.targets);
  const folded = new Set<string>();
  for (const [path] of entries) {
    if (!isOwn(path) || path.split("/").some((part) => DEVICE.test(part)))
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
  const isOwn = (path: string): boolean => releaseOfTarget(path)?.image === image;
  for (const [path, target] of checkNames(list, isOwn, place)) {
    const file = readFileFacts(path, target, place);
    const { architecture } = releaseOfTarget(path) ?? {};
    if (!ARCHITECTURES.some((known) => known === architecture)) continue;
    const decoded = decodeSummary(ownMember(target.custom, "slipway"));
    if (!decoded.ok) {
      log(`${path} in ${place.file} is left out: ${describe(decoded.findings)}`);
      continue;
    }
    const summary = decoded.value;
    if (releaseTarget(summary) !== path)
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
  checkNames(list, (path) => channelOfTarget(path) !== undefined, place).map(([path, target]) =>
    readFileFacts(path, target, place),
  );
