/**
 * A release is brought into the other slot.
 *
 * Power cuts: what boots is the booted release at every moment, for neither its slot nor its entry is touched. The order on the rest is
 * 1. everything is fetched to `/var`; the other slot is as it was, and so is its entry: a rollback still reaches it;
 * 2. the other slot's entries go from the ESP, durably: from here on nothing on the disk would boot a slot that is not whole;
 * 3. the slot loses its superblocks, is written, read back, and gets them back last (docs/decisions/0045);
 * 4. the UKI is written under a name that the loader ignores, and read back.
 * A cut anywhere leads to the booted release; staging begun again goes on where it was.
 */
import path from "node:path/posix";
import { type RepositorySource, stage as receive, type TrustedView } from "@slipway/receiver";
import {
  INDEX_FORMAT,
  MAX_CONTENTS_BYTES,
  MAX_INDEX_BYTES,
  type ReleaseManifest,
} from "@slipway/release";
import type { LedgerView } from "../ledger/view.ts";
import type { ReleaseRef } from "../machine/release.ts";
import { entryName, formatEntryName, isSameRelease, type ReleaseName } from "../esp/entry-name.ts";
import { removeEntry } from "../esp/steps.ts";
import type { EspEntry, HostFacts, NodeView } from "../node/facts.ts";
import type { TaskContext } from "./context.ts";
import { fetchBlob, limitsOf } from "./fetch-blob.ts";
import { type KeptReleases, keptReleases } from "./kept-releases.ts";
import { TaskError, taskError } from "./outcome.ts";
import { fetchRefusal, otherEntries, placeRefusal, refusal } from "./preflight.ts";
import { openRepository } from "./repository.ts";
import { openSeeds } from "./seeds.ts";

export interface StageRequest {
  readonly release: ReleaseRef;
  /** An archive or directory in place of the configured repository. */
  readonly from?: string;
}

/** @throws TaskError, ReceiverError, NodeError, EspError */
export const stageRelease = async (
  context: TaskContext,
  { release, from }: StageRequest,
  ledger: Pick<LedgerView, "forbidden" | "floor">,
): Promise<void> => {
  const view = await context.look();
  const { view: trusted, sources } = await openRepository(context, from);
  const manifest = await manifestOf(trusted, view.facts, release);
  const question = {
    before: "stage",
    release: manifest,
    facts: view.facts,
    ledger,
    now: context.clock.now(),
    buildDate: await context.buildDate(),
  } as const;
  // Before the seeds, which may cost a reading of the booted root.
  const refused = refusal(question) ?? placeRefusal(view.facts, manifest);
  if (refused !== undefined) throw new TaskError(refused);
  const kept = keptReleases(context.files, path.join(context.places.state, "releases"));
  await dropBootableOf(context, view.facts, manifest);
  {
    await using open = await openSeeds(context, view, kept);
    const tooSmall = fetchRefusal(view.facts, manifest, {
      artifacts: open.seeds.map(({ sha256 }) => sha256),
      hasIndexes: open.seeds.some(({ index }) => index !== undefined),
    });
    if (tooSmall !== undefined) throw new TaskError(tooSmall);
    // Before the slot: once that is whole it can be finalized, and finalizing needs the manifest.
    await kept.keepManifest(manifest);
    await write(context, view, { manifest, sources, seeds: open.seeds });
  }
  await keepIndexes(context, kept, manifest, sources);
  await keepContents(context, kept, manifest, sources);
  await kept.prune([view.facts.booted.roothash, manifest.roothash]);
};

const manifestOf = async (
  trusted: TrustedView,
  { image, architecture }: HostFacts,
  { version, roothash }: ReleaseRef,
): Promise<ReleaseManifest> => {
  const listed = await trusted.releases(image, architecture);
  const found = listed.find((one) => one.version === version && one.roothash === roothash);
  if (found !== undefined) return trusted.manifest(found);
  throw taskError(
    "NOT_LISTED",
    `the repository does not list ${image} ${version} with the root hash ${roothash} any more`,
    "look again: `slipway-agent check`",
  );
};

const releaseNameOf = ({ name: { image, version, digest } }: EspEntry): ReleaseName => ({
  image,
  version,
  digest,
});

/** The names of the other slot's entries go, those that a power cut tore among them. */
const removeEntries = async (
  { files, places }: TaskContext,
  facts: HostFacts,
  isMeant: (entry: EspEntry) => boolean,
): Promise<void> => {
  for (const entry of otherEntries(facts).filter(isMeant)) {
    const torn = facts.torn.filter(({ roothash }) => roothash === entry.roothash);
    const of = { ...releaseNameOf(entry), torn: torn.map(({ file }) => file) };
    await removeEntry({ files, directory: places.entries }, of);
  }
};

/** A release that failed and was forgiven may still have an entry. It would be there twice, and the loader would take the one that is not staged. */
const dropBootableOf = (
  context: TaskContext,
  facts: HostFacts,
  manifest: ReleaseManifest,
): Promise<void> =>
  removeEntries(
    context,
    facts,
    ({ name }) =>
      name.state.kind !== "staged" && isSameRelease(name, entryName(manifest, name.state)),
  );

interface Writing {
  readonly manifest: ReleaseManifest;
  readonly sources: readonly RepositorySource[];
  readonly seeds: Parameters<typeof receive>[0]["seeds"];
}

const write = async (
  context: TaskContext,
  { facts, disk }: NodeView,
  { manifest, sources, seeds }: Writing,
): Promise<void> => {
  const { places, files, devices, clock, random, log, progress, signal } = context;
  const { slot } = facts.inactive;
  const name = entryName(manifest, { kind: "staged" });
  const { root, verity } = disk.slots[slot];
  const limits = await limitsOf(context);
  const staged = await receive({
    manifest,
    sources,
    seeds,
    target: {
      slot,
      root: root.path,
      verity: verity.path,
      uki: path.join(places.entries, formatEntryName(name)),
    },
    bootedRoothash: facts.booted.roothash,
    journal: path.join(places.state, "staging"),
    devices,
    files,
    limits,
    clock,
    random,
    log,
    progress,
    beforeWriting: () => removeEntries(context, facts, (entry) => !isSameRelease(entry.name, name)),
    ...(signal === undefined ? {} : { signal }),
  });
  const by = (way: string | undefined): string => way ?? "what was there";
  log(
    `release ${manifest.version} is in slot ${slot}: its root by ${by(staged.root)}, its UKI by ${by(staged.uki)}, ${staged.writtenBytes} bytes of the slot written`,
  );
};

/** Of use when this release is upgraded from. Without them that costs more bytes, so nothing here is a reason to stop. */
const keepIndexes = async (
  context: TaskContext,
  kept: KeptReleases,
  { roothash, transports }: ReleaseManifest,
  sources: readonly RepositorySource[],
): Promise<void> => {
  for (const transport of transports.filter(({ format }) => format === INDEX_FORMAT)) {
    if ((await kept.index(roothash, transport.of)) !== undefined) continue;
    try {
      const bytes = await fetchBlob(context, transport.file, { sources, most: MAX_INDEX_BYTES });
      await kept.keepIndex(roothash, transport.of, bytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.log(`the index of the new ${transport.of} is not kept: ${why}`);
    }
  }
};

/** By which an operator is told what the release after this one changes, wherever this one can still be had. */
const keepContents = async (
  context: TaskContext,
  kept: KeptReleases,
  { roothash, contents }: ReleaseManifest,
  sources: readonly RepositorySource[],
): Promise<void> => {
  if (contents === undefined || (await kept.contents(roothash)) !== undefined) return;
  try {
    const bytes = await fetchBlob(context, contents, { sources, most: MAX_CONTENTS_BYTES });
    await kept.keepContents(roothash, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.log(`the list of what is in the release is not kept: ${why}`);
  }
};
