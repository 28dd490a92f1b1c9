/**
 * The staged release becomes the next one.
 *
 * Power cuts: the ledger says that this release is about to be tried before this begins (the engine's `record`). Then
 * 1. /etc of the new release is written, made durable, and gets the name that the initrd looks for;
 * 2. the UKI is read back, and renamed from the name that the loader ignores to that of an entry with three tries; file and directory are flushed.
 * A cut before the rename boots the old release, and finalizing begins anew with an /etc written anew; after it, the new one with its /etc. The booted
 * release's slot, entry and /etc are not touched.
 */
import path from "node:path/posix";
import type { ReleaseManifest } from "@slipway/release";
import type { LedgerView } from "../ledger/view.ts";
import type { OfferedRelease } from "../machine/release.ts";
import { isTorn, NEW_TRIES } from "../esp/entry-name.ts";
import { activate } from "../esp/steps.ts";
import { formatReport } from "../etc/report.ts";
import type { EspEntry, HostFacts, NodeView } from "../node/facts.ts";
import type { TaskContext } from "./context.ts";
import { entryOf } from "./entry-of.ts";
import { keptReleases } from "./kept-releases.ts";
import { TaskError, taskError } from "./outcome.ts";
import { refusal } from "./preflight.ts";

/** Done again, it changes nothing but names that a cut has left. @throws TaskError, EtcError, EspError, HostError, NodeError */
export const finalizeRelease = async (
  context: TaskContext,
  release: OfferedRelease,
  ledger: Pick<LedgerView, "forbidden" | "floor">,
): Promise<void> => {
  const view = await context.look();
  const refused = refusal({
    before: "finalize",
    release,
    facts: view.facts,
    ledger,
    now: context.clock.now(),
    buildDate: await context.buildDate(),
  });
  if (refused !== undefined) throw new TaskError(refused);
  // What is armed has its /etc, and might be booted by any cut from here on: that /etc is not to be written again. A cut may have left it two names.
  const armed = isArmed(view.facts.inactive.entry);
  const manifest = armed
    ? await keptManifest(context, release)
    : await stagedManifest(context, view.facts, release);
  if (manifest === undefined) return;
  await context.remember(view.facts.booted);
  if (!armed) await carry(context, view, manifest);
  await activate(
    { files: context.files, directory: context.places.entries },
    entryOf(view.facts, manifest),
    manifest.uki,
  );
};

const isArmed = (entry: EspEntry | undefined): boolean =>
  entry?.name.state.kind === "counted" && entry.name.state.left === NEW_TRIES.left;

const keptManifest = (
  { files, places }: TaskContext,
  { roothash }: OfferedRelease,
): Promise<ReleaseManifest | undefined> =>
  keptReleases(files, path.join(places.state, "releases")).manifest(roothash);

const stagedManifest = async (
  context: TaskContext,
  { inactive: { entry, slot } }: HostFacts,
  release: OfferedRelease,
): Promise<ReleaseManifest> => {
  const { places } = context;
  const { version } = release;
  const manifest = await keptManifest(context, release);
  // A torn name is the new one's, where a cut came while it got it.
  const wasBooted = entry !== undefined && !isTorn(entry.file);
  if (manifest !== undefined && !wasBooted) return manifest;
  throw taskError(
    "NOT_STAGED",
    !wasBooted
      ? `the manifest of release ${version} in slot ${slot} is gone from ${places.state}`
      : `release ${version} in slot ${slot} was booted before, as ${entry.file}`,
    "stage it again: `slipway-agent update`",
  );
};

const carry = async (
  context: TaskContext,
  view: NodeView,
  manifest: ReleaseManifest,
): Promise<void> => {
  const report = await context.carryEtc(view, manifest);
  for (const line of formatReport(report).trimEnd().split("\n").slice(0, MOST_LINES))
    context.log(line);
};

/** Of the report, in the journal. */
const MOST_LINES = 200;
