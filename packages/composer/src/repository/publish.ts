/**
 * From release directories to a repository that offers them.
 *
 * The order is what makes it safe to serve, to copy and to be killed: every blob is complete and durable under its digest's name before the
 * manifest that names it is signed, and the metadata that leads to the manifest comes last. Until then clients see what was there before.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "@slipway/host";
import {
  channelTarget,
  decodeManifest,
  encodeChannel,
  encodeManifest,
  type Finding,
  imageRole,
  MAX_MANIFEST_BYTES,
  ONLINE,
  parseChannelFile,
  type ReleaseManifest,
  releaseTarget,
  type Role,
  type RolloutPolicy,
  summarize,
} from "@slipway/release";
import { WORK_DIRECTORY } from "./work-directory.ts";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { openBlobs } from "./blobs.ts";
import {
  type BuiltDirectory,
  checkArtifacts,
  readBuiltDirectories,
  readBuiltDirectory,
} from "./built-directory.ts";
import { chooseNearest, choosePredecessors } from "./choose-predecessors.ts";
import {
  openRepository,
  type PublishedRelease,
  type Repository,
  signedByArchitecture,
} from "./contents.ts";
import { addToChannel, type EditedChannel, findingsOf } from "./edit-channel.ts";
import { asOnlyPublisher } from "./lock.ts";
import { type PlannedPublication, planPublication, type ReleaseFacts } from "./plan-publish.ts";
import type { TargetChange } from "../trust/draft.ts";
import type { EditTargets } from "./target-changes.ts";
import { publishContents } from "./release-contents.ts";
import { makeTransports } from "./transports.ts";

export interface PublishOptions extends ReleaseFacts {
  readonly repo: string;
  /** Of one version of one image; none where `published` names one. */
  readonly directories: readonly string[];
  /** A version that is published already, to be put on a channel. */
  readonly published?: { readonly image: string; readonly version: string } | undefined;
  /** The channel that the version goes on. */
  readonly channel?:
    | { readonly name: string; readonly policy?: RolloutPolicy | undefined }
    | undefined;
  /** How many predecessors get deltas. */
  readonly deltas: number;
  /** Directories of predecessors that are at hand, so that they need not be made again from the repository. */
  readonly from: readonly string[];
  /** Goes on although nodes lose an offer that they have. */
  readonly acceptLostOffers: boolean;
  /** Throws when there are no keys for what these roles are going to sign. */
  readonly requireKeys: (roles: readonly Role[]) => Promise<void>;
  /** Signs what is listed, and puts it where clients see it. */
  readonly edit: EditTargets;
  readonly clock: Clock;
  /** Draws the salt of a rollout: 32 hexadecimal digits of luck. */
  readonly drawSalt: () => string;
  readonly progress: Progress;
}

export interface PublishReport {
  readonly image: string;
  readonly version: string;
  readonly releases: readonly {
    readonly architecture: string;
    /** `unchanged`: it was published before with the same bytes. */
    readonly outcome: "published" | "unchanged";
    readonly transports: ReleaseManifest["transports"];
    /** The list of what is in it, where it could be made. */
    readonly contents?: NonNullable<ReleaseManifest["contents"]>;
  }[];
  readonly channel?: { readonly name: string; readonly outcome: "changed" | "unchanged" };
  /** What to think about: of the channel, and of offers that were given up on purpose. */
  readonly warnings: readonly Finding[];
}

/**
 * Publishes a version, and puts it on a channel where one is named. A version that is published already with the same bytes stays as it is.
 * @throws ComposerError `NOT_A_RELEASE`, `REPOSITORY_INVALID`, `REPOSITORY_BUSY`, `ALREADY_PUBLISHED`, `NOT_PUBLISHED`, `CHANNEL_REFUSED`, `OFFERS_LOST`, `KEY_MISSING`, and
 *   what `edit` throws. Nothing has changed then for clients.
 */
export const publish = async (options: PublishOptions): Promise<PublishReport> => {
  const directories = await readBuiltDirectories(options.directories);
  const from = await Promise.all(options.from.map(readBuiltDirectory));
  return asOnlyPublisher(options.repo, () => publishAlone(options, directories, from));
};

const publishAlone = async (
  options: PublishOptions,
  directories: readonly BuiltDirectory[],
  from: readonly BuiltDirectory[],
): Promise<PublishReport> => {
  const { repo, clock, progress } = options;
  const before = await openRepository(repo, clock.now());
  const plans = [
    ...directories.map((built) => planPublication(built, options, before.releases)),
    ...(options.published === undefined ? [] : findPublished(before.releases, options.published)),
  ];
  const [first] = plans.map(manifestOf);
  if (first === undefined) throw new TypeError("publish needs a release");
  // Refusals first: nobody waits ten minutes for one.
  for (const plan of plans) requireDecodable(manifestOf(plan));
  const planned = planChannel(options, before, plans);
  await options.requireKeys(signersOf(first.image, plans, planned));

  const manifests: ReleaseManifest[] = [];
  for (const plan of plans)
    if (plan.kind === "new") manifests.push(await makeManifest(options, before, plan, from));

  progress.signal?.throwIfAborted();
  // Waves begin now, not when the work began; and the channel may have been edited meanwhile.
  const edit = await progress.task("sign", first.image, async () => {
    let decided: PlannedChannel | undefined;
    await options.edit(async () => {
      decided = planChannel(options, await openRepository(repo, clock.now()), plans);
      const channels = decided?.changed === true ? [channelChange(decided)] : [];
      return { put: [...manifests.map(manifestTarget), ...channels], remove: [] };
    });
    return decided;
  });
  return {
    image: first.image,
    version: first.version,
    releases: plans.map((plan) => {
      const { architecture } = manifestOf(plan);
      const made = manifests.find((manifest) => manifest.architecture === architecture);
      const { transports, contents } = made ?? manifestOf(plan);
      return {
        architecture,
        outcome: made === undefined ? "unchanged" : "published",
        transports,
        ...(contents === undefined ? {} : { contents }),
      };
    }),
    ...(edit === undefined
      ? {}
      : {
          channel: { name: edit.channel.name, outcome: edit.changed ? "changed" : "unchanged" },
        }),
    warnings: edit?.warnings ?? [],
  };
};

/** Who will have to sign; nobody where nothing changes. */
const signersOf = (
  image: string,
  plans: readonly PlannedPublication[],
  channel: PlannedChannel | undefined,
): readonly Role[] => {
  const roles: Role[] = [];
  if (plans.some(({ kind }) => kind === "new")) roles.push(imageRole(image));
  if (channel?.changed === true) roles.push(ONLINE);
  if (roles.length > 0) roles.push("snapshot", "timestamp");
  return roles;
};

/** @throws ComposerError `NOT_PUBLISHED` */
const findPublished = (
  releases: readonly PublishedRelease[],
  { image, version }: { readonly image: string; readonly version: string },
): readonly PlannedPublication[] => {
  const found = releases.filter(
    ({ manifest }) => manifest.image === image && manifest.version === version,
  );
  if (found.length > 0) return found.map((release) => ({ kind: "published", release }));
  const others = releases.filter(({ manifest }) => manifest.image === image);
  throw new ComposerError("NOT_PUBLISHED", `${image} ${version} is not published`, {
    hint:
      others.length === 0
        ? `publish its directory first; there is no release of ${image}`
        : `publish its directory first; there are ${[...new Set(others.map(({ manifest }) => manifest.version))].join(", ")}`,
  });
};

const manifestOf = (plan: PlannedPublication): ReleaseManifest =>
  plan.kind === "new" ? plan.manifest : plan.release.manifest;

interface PlannedChannel extends EditedChannel {
  readonly warnings: readonly Finding[];
}

const planChannel = (
  options: PublishOptions,
  { channels, releases }: Repository,
  plans: readonly PlannedPublication[],
): PlannedChannel | undefined => {
  const [first] = plans.map(manifestOf);
  if (options.channel === undefined || first === undefined) return undefined;
  const { name, policy } = options.channel;
  const { image, version } = first;
  const before = channels.find(({ channel }) => channel.image === image && channel.name === name);
  const edit = addToChannel(before?.channel, {
    image,
    name,
    version,
    policy,
    salt: options.drawSalt(),
    now: Math.floor(options.clock.now().getTime() / 1000),
  });
  const planned = plans.map((plan) => ({ summary: summarize(manifestOf(plan)) }));
  const signed = signedByArchitecture([...releases, ...planned], image);
  const findings = edit.changed ? findingsOf(edit.channel, signed) : [];
  refuseChannel(name, findings);
  if (edit.changed) channelChange(edit);
  if (!options.acceptLostOffers) refuseLostOffers(name, edit.lost);
  return { ...edit, warnings: [...edit.lost, ...findings] };
};

const refuseChannel = (name: string, findings: readonly Finding[]): void => {
  const errors = findings.filter(({ level }) => level === "error");
  const [first] = errors;
  if (first === undefined) return;
  throw new ComposerError(
    "CHANNEL_REFUSED",
    `channel ${name} would be wrong: ${errors.map(({ message }) => message).join("\n")}`,
    first.hint === undefined ? {} : { hint: first.hint },
  );
};

const refuseLostOffers = (name: string, lost: readonly Finding[]): void => {
  if (lost.length === 0) return;
  throw new ComposerError(
    "OFFERS_LOST",
    `channel ${name}: ${lost.map(({ message }) => message).join("\n")}`,
    {
      hint: "change only what is still to come, or say that this is meant with --accept-lost-offers",
    },
  );
};

const makeManifest = async (
  { repo, deltas, channel, progress }: PublishOptions,
  before: Repository,
  { built, manifest }: Extract<PlannedPublication, { kind: "new" }>,
  from: readonly BuiltDirectory[],
): Promise<ReleaseManifest> => {
  const { requireUntouched } = await checkArtifacts(built, progress);
  const blobs = await openBlobs(repo);
  const known = before.channels.find(
    (other) => other.channel.image === manifest.image && other.channel.name === channel?.name,
  );
  await using work = await workDirectory(repo);
  for (const name of ["packages.json", "sbom.spdx.json"] as const)
    await blobs.putFile(
      path.join(built.directory, name),
      built.manifest.artifacts[name],
      progress.signal,
    );
  const contents = await publishContents(built, blobs, progress);
  const transports = await makeTransports({
    repo,
    release: built,
    predecessors: choosePredecessors(before.releases, manifest, known?.channel, deltas),
    nearest: chooseNearest(before.releases, manifest),
    from,
    blobs,
    work: work.directory,
    progress,
  });
  await requireUntouched();
  return requireDecodable({
    ...manifest,
    ...(contents === undefined ? {} : { contents }),
    transports,
  });
};

/** What clients would refuse is not signed. */
const requireDecodable = (manifest: ReleaseManifest): ReleaseManifest => {
  const text = encodeManifest(manifest);
  const decoded = decodeManifest(JSON.parse(text));
  const [finding] = decoded.ok ? [] : decoded.findings;
  const length = Buffer.byteLength(text);
  const message =
    finding?.message ??
    (length > MAX_MANIFEST_BYTES
      ? `its manifest has ${length} bytes, more than ${MAX_MANIFEST_BYTES}`
      : undefined);
  if (message === undefined) return manifest;
  throw new ComposerError(
    "NOT_A_RELEASE",
    `${manifest.image} ${manifest.version} for ${manifest.architecture} cannot be published: ${message}`,
    { hint: "build it again with what nodes can read" },
  );
};

const manifestTarget = (manifest: ReleaseManifest): TargetChange => ({
  path: releaseTarget(manifest),
  bytes: Buffer.from(encodeManifest(manifest)),
  custom: { slipway: summarize(manifest) },
});

/** A channel as it is signed. @throws ComposerError `CHANNEL_REFUSED` when clients would not read it. */
export const channelChange = ({ channel }: Pick<EditedChannel, "channel">): TargetChange => {
  const bytes = Buffer.from(encodeChannel(channel));
  const decoded = parseChannelFile(bytes);
  if (!decoded.ok) refuseChannel(channel.name, decoded.findings);
  return { path: channelTarget(channel), bytes };
};

/** A directory on the repository's own file system; the lock's holder removes what a killed one left. */
const workDirectory = async (
  repo: string,
): Promise<{ readonly directory: string } & AsyncDisposable> => {
  const above = path.join(repo, WORK_DIRECTORY, "making");
  await rm(above, { recursive: true, force: true });
  await mkdir(above, { recursive: true });
  const directory = await mkdtemp(path.join(above, "release-"));
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
