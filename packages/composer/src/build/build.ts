/** `slipway build`: from a definition to release directories. */
import path from "node:path";
import type { Architecture, ImageDefinition } from "@slipway/ignition-config";
import { imageUpdateInputs, readImageUpdate } from "../agent/image-update.ts";
import { ARCHITECTURE } from "../architecture.ts";
import { ComposerError } from "../errors.ts";
import type { SectorBytes } from "../image/disk.ts";
import { requireFit } from "../image/geometry.ts";
import { ensureLock } from "../lock/ensure.ts";
import { lockFileOf, writeLock } from "../lock/file.ts";
import type { Lock } from "../lock/lock.ts";
import { withFetched } from "../lock/remote-sources.ts";
import { sourceFile } from "../lock/sources.ts";
import { agentStep } from "./agent-step.ts";
import { configInputs } from "./config-inputs.ts";
import type { BuildContext, StepReport, Target } from "./context.ts";
import type { ArtifactFacts, ArtifactName, Manifest } from "./manifest.ts";
import { withSpaceErrors } from "./no-space.ts";
import {
  isComplete,
  placeRelease,
  readRelease,
  releaseDirectory,
  requireOnlyRelease,
  stageRelease,
  sweepStaging,
} from "./output.ts";
import { settled } from "./settled.ts";
import { assembleRelease, releaseIdentity, ukiStep } from "./release-step.ts";
import { rootInputs, rootStep } from "./root-step.ts";
import { openSession, requireRoot, type SessionOptions } from "./session.ts";
import { aliasTree, initrdStep, kernelStep, loaderStep, treeStep } from "./tree-steps.ts";

export interface BuildOptions extends SessionOptions {
  /** Absolute. */
  readonly out: string;
  readonly locked: boolean;
  /** Make every step anew, in a store that is thrown away; packages still come from the cache. */
  readonly noCache: boolean;
  /** What the install disk is made for. All else of a release is the same. Default: 512. */
  readonly sectorBytes?: SectorBytes;
}

export interface BuiltRelease {
  readonly image: string;
  readonly version: string;
  readonly arch: Architecture;
  readonly directory: string;
  readonly roothash: string;
  readonly artifacts: Readonly<Record<ArtifactName, ArtifactFacts>>;
  /** Milliseconds by step; what came from the cache is near 0. */
  readonly timings: Readonly<Record<string, number>>;
  readonly steps: readonly StepReport[];
  /** Whether the release was there already, made from the same inputs. */
  readonly unchanged: boolean;
}

/**
 * Builds the release of every architecture asked for, one after the other.
 * @throws ComposerError, HostError; nothing half-written is left in `out` or the cache.
 */
export const buildReleases = async (options: BuildOptions): Promise<readonly BuiltRelease[]> => {
  requireRoot();
  const lock = path.dirname(options.definitionFile);
  return withSpaceErrors({ cache: options.cache, output: options.out, lock }, () =>
    buildAll(options),
  );
};

const buildAll = async (options: BuildOptions): Promise<readonly BuiltRelease[]> => {
  const { definition, architectures, out } = options;
  const file = lockFileOf(options.definitionFile);
  // Before any work: whether the places to write to are ours.
  const places = await Promise.all(
    architectures.map(async (architecture) => {
      const { name: image, version } = definition.image;
      const directory = releaseDirectory(out, { image, version, architecture });
      const before = await readRelease(directory, { image, version, architecture });
      await sweepStaging(directory);
      return { directory, before };
    }),
  );
  await using context = await openSession(options, { throwAway: options.noCache });
  let lock = await ensureLock(context, {
    file,
    ...definition,
    architectures,
    locked: options.locked,
  });
  const config = {
    ...(await configInputs(definition.config, lock.sources)),
    ...imageUpdateInputs(await readImageUpdate(definition)),
  };
  const fetched = withFetchedSources(context, definition, lock);
  const built: BuiltRelease[] = [];
  for (const [index, architecture] of architectures.entries()) {
    const place = places[index];
    const locked = lock.architectures[architecture];
    if (place === undefined || locked === undefined) continue;
    const steps: StepReport[] = [];
    const target: Target = {
      definition: fetched,
      architecture,
      lock,
      locked,
      onStep: (step) => steps.push(step),
    };
    const result = await buildOne(context, target, config, {
      ...place,
      locked: options.locked && file,
      sectorBytes: options.sectorBytes ?? 512,
    });
    lock = result.lock;
    if (!options.locked) await writeLock(file, lock);
    built.push({
      image: definition.image.name,
      version: definition.image.version,
      arch: architecture,
      directory: place.directory,
      roothash: result.manifest.roothash,
      artifacts: result.manifest.artifacts,
      timings: Object.fromEntries(steps.map((step) => [step.step, Math.round(step.took)])),
      steps,
      unchanged: result.unchanged,
    });
  }
  return built;
};

/** The definition with what the lock has fetched in the place of its remote sources. */
const withFetchedSources = (
  { store }: BuildContext,
  definition: ImageDefinition,
  { sources }: Lock,
): ImageDefinition => {
  const files = new Map(sources.map((entry) => [entry.url, sourceFile(store, entry)]));
  const fileOf = (url: string): string => files.get(url) ?? store.sources;
  return { ...definition, config: withFetched(definition.config, fileOf) };
};

const buildOne = async (
  context: BuildContext,
  target: Target,
  config: Readonly<Record<string, string>>,
  place: {
    readonly directory: string;
    readonly before: Manifest | undefined;
    /** The lock that must not change, if it must not. */
    readonly locked: string | false;
    readonly sectorBytes: SectorBytes;
  },
): Promise<{ readonly manifest: Manifest; readonly lock: Lock; readonly unchanged: boolean }> => {
  const { architecture, definition } = target;
  const { directory, before, sectorBytes } = place;
  const kernel = await kernelStep(context, target);
  // The two trees have nothing to do with each other: two processors, two trees.
  const [tree, initrd, loader, agent] = await settled([
    treeStep(context, target, kernel),
    initrdStep(context, target, kernel),
    loaderStep(context, target, ARCHITECTURE[architecture].efi),
    agentStep(context, target),
  ]);
  const root = await rootStep(
    context,
    target,
    { tree, kernel, agent, loader },
    rootInputs(context.toolbox, target, { tree, agent, loader, config }),
  );
  const lock = { ...target.lock, accounts: root.pins };
  if (place.locked !== false) requireSameAccounts(place.locked, target.lock, lock);
  await aliasTree(context, target, tree, root.pins);
  const makeUki = () => ukiStep(context, target, { root, kernel, initrd, loader });
  // Another root makes another release in any case. With the same one, the UKI has to be looked at first.
  const sameRoot = before?.roothash === root.roothash ? await makeUki() : undefined;
  if (before !== undefined && sameRoot !== undefined) {
    const inputs = await releaseIdentity(target, { root, uki: sameRoot, loader, sectorBytes });
    if (before.inputs === inputs && (await isComplete(directory, before))) {
      return { manifest: before, lock, unchanged: true };
    }
  }
  const started = context.clock.monotonicMs();
  requireFit(root.sizeBytes, definition.image.slotSizeMib);
  await requireOnlyRelease(directory);
  await using stage = await stageRelease(directory);
  const uki = sameRoot === undefined ? makeUki : () => Promise.resolve(sameRoot);
  const manifest = await assembleRelease(
    context,
    target,
    { root, kernel, uki, loader, agent, sectorBytes },
    stage.staging,
  );
  await placeRelease(
    async (a, b) => {
      await context.toolbox.run(
        {
          argv: ["mv", "--exchange", "--no-target-directory", a, b],
          purpose: "putting the release in its place",
        },
        { writable: [path.dirname(directory)] },
      );
    },
    stage.staging,
    directory,
  );
  const took = context.clock.monotonicMs() - started;
  const changed = before === undefined ? {} : { changed: ["what it is assembled from"] };
  target.onStep({ step: "release", architecture, hit: false, took, ...changed });
  return { manifest, lock, unchanged: false };
};

const requireSameAccounts = (file: string, before: Lock, after: Lock): void => {
  if (JSON.stringify(before.accounts) === JSON.stringify(after.accounts)) return;
  throw new ComposerError("LOCK_DRIFT", `${file} does not name all accounts of the image`, {
    hint: "build without --locked once, and look at the accounts that it adds",
  });
};
