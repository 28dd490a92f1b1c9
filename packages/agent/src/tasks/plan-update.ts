/**
 * What an update would change, told before it is taken. Metadata is fetched, and the two lists of what is in the releases; nothing of a root or a UKI, and
 * nothing on the node is changed but what is believed of the repository.
 */
import path from "node:path/posix";
import type { RepositorySource, TrustedView } from "@slipway/receiver";
import {
  MAX_CONTENTS_BYTES,
  parseContentsFile,
  type ReleaseContents,
  type ReleaseManifest,
} from "@slipway/release";
import type { Failed } from "../engine/ports.ts";
import { because, type Failure } from "../errors.ts";
import { EtcError } from "../etc/errors.ts";
import { type Scan, scanTree } from "../etc/scan.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { CheckRequest } from "../machine/effect.ts";
import type { Blocker } from "../machine/event.ts";
import type { HostFacts } from "../node/facts.ts";
import { hasFor, type Known, planOf, type UpdatePlan } from "../plan/update-plan.ts";
import { askRepository, blockerOf } from "./check.ts";
import type { TaskContext } from "./context.ts";
import { fetchBlob } from "./fetch-blob.ts";
import { type KeptReleases, keptReleases } from "./kept-releases.ts";
import { failureOf } from "./outcome.ts";
import { fetchRefusal, placeRefusal, refusal } from "./preflight.ts";

export type PlanOutcome =
  | { readonly kind: "plan"; readonly plan: UpdatePlan }
  | { readonly kind: "none"; readonly blocker: Blocker }
  | Failed;

export const planUpdate = async (
  context: TaskContext,
  request: CheckRequest,
  ledger: LedgerView,
): Promise<PlanOutcome> => {
  try {
    const { offer, view, sources, facts } = await askRepository(context, request, ledger);
    if (offer.kind === "none") return { kind: "none", blocker: blockerOf(offer.blocker) };
    const manifest = await view.manifest(offer.release);
    return {
      kind: "plan",
      plan: await planFor(context, { facts, view, sources }, manifest, ledger),
    };
  } catch (error) {
    return failureOf(error);
  }
};

interface Asked {
  readonly facts: HostFacts;
  readonly view: TrustedView;
  readonly sources: readonly RepositorySource[];
}

const planFor = async (
  context: TaskContext,
  { facts, view, sources }: Asked,
  manifest: ReleaseManifest,
  ledger: LedgerView,
): Promise<UpdatePlan> => {
  const kept = keptReleases(context.files, path.join(context.places.state, "releases"));
  const { booted } = facts;
  const bootedManifest = await bootedManifestOf(kept, view, facts);
  const has = {
    bootedManifest,
    hasIndexes: (await kept.index(booted.roothash, "root")) !== undefined,
  };
  const question = {
    before: "stage",
    release: manifest,
    facts,
    ledger,
    now: context.clock.now(),
    buildDate: await context.buildDate(),
  } as const;
  const isStaged = facts.inactive.staged?.roothash === manifest.roothash;
  const obstacles = [
    pinned(ledger, manifest),
    refusal(question),
    ...(isStaged
      ? []
      : [placeRefusal(facts, manifest), fetchRefusal(facts, manifest, hasFor(has))]),
  ].filter((one) => one !== undefined);
  return planOf({
    facts,
    manifest,
    ...has,
    bootedContents: await contentsOf(context, booted.version, bootedManifest, { kept, sources }),
    contents: await contentsOf(context, manifest.version, manifest, { kept, sources }),
    nodeEtc: nodeEtc(context),
    obstacles: onceEach(obstacles),
  });
};

/** A full `/var` is found by two of them. */
const onceEach = (found: readonly Failure[]): readonly Failure[] =>
  found.filter(({ code, message }, index) =>
    found.slice(0, index).every((one) => one.code !== code || one.message !== message),
  );

const pinned = ({ pin }: LedgerView, { version }: ReleaseManifest): Failure | undefined =>
  pin === undefined || pin.version === version
    ? undefined
    : {
        code: "PINNED",
        message: `this node is pinned to ${pin.version}${because(pin.reason)}`,
        hint: "`slipway-agent unpin` lets it go on",
      };

/** What an agent kept that knew of no contents leaves them out. */
const bootedManifestOf = async (
  kept: KeptReleases,
  view: TrustedView,
  facts: HostFacts,
): Promise<ReleaseManifest | undefined> => {
  const found = await kept.manifest(facts.booted.roothash);
  return found?.contents === undefined ? ((await listed(view, facts)) ?? found) : found;
};

/** The manifest of the booted release, where the repository still has it. */
const listed = async (
  view: TrustedView,
  { image, architecture, booted }: HostFacts,
): Promise<ReleaseManifest | undefined> => {
  const found = (await view.releases(image, architecture)).find(
    ({ version, roothash }) => version === booted.version && roothash === booted.roothash,
  );
  if (found === undefined) return undefined;
  try {
    return await view.manifest(found);
  } catch {
    // It is of use for the plan alone, which then says what it cannot tell.
    return undefined;
  }
};

interface Places {
  readonly kept: KeptReleases;
  readonly sources: readonly RepositorySource[];
}

const contentsOf = async (
  context: TaskContext,
  version: string,
  manifest: ReleaseManifest | undefined,
  { kept, sources }: Places,
): Promise<Known<ReleaseContents>> => {
  const file = manifest?.contents;
  if (manifest === undefined || file === undefined)
    return {
      unknown:
        manifest === undefined
          ? `the repository does not list ${version} any more, and nothing says what is in it`
          : `release ${version} was published without a list of what is in it`,
    };
  try {
    const bytes =
      (await kept.contents(manifest.roothash)) ??
      (await fetchBlob(context, file, { sources, most: MAX_CONTENTS_BYTES }));
    const decoded = parseContentsFile(bytes);
    return decoded.ok
      ? { value: decoded.value }
      : {
          unknown: `the list of what is in ${version} is of no use: ${decoded.findings[0]?.message ?? ""}`,
        };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { unknown: `the list of what is in ${version} cannot be had: ${why}` };
  }
};

/** Of this process's own rights: what it may not read, nobody else reads for it. */
const nodeEtc = ({ places }: TaskContext): Known<Scan> => {
  try {
    return { value: scanTree(places.etc) };
  } catch (error) {
    if (!(error instanceof EtcError)) throw error;
    return { unknown: `what this node has changed in /etc: ${error.message}` };
  }
};
