/** `slipway demo`: builds releases, publishes them, and plays their story on virtual machines. Shell. */
import { mkdir, readdir } from "node:fs/promises";
import type { Clock, Exec } from "@slipway/host";
import type { Architecture, DefinitionIo } from "@slipway/ignition-config";
import { DELTA_FORMAT, FRAMES_FORMAT } from "@slipway/release";
import { requireRoot } from "../build/session.ts";
import { openStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Environment } from "../lock/http-get.ts";
import type { Progress } from "../progress.ts";
import { type DemoRelease, whatItIs } from "./definitions.ts";
import type { SceneReport } from "./play-scene.ts";
import { type MadeRelease, type OpenedWorkshop, openWorkshop } from "./releases.ts";
import { releasesOf, storyFor, type Telling } from "./story.ts";
import { type Releases, tellStory } from "./tell-story.ts";
import { type Crew, together } from "./together.ts";

export interface DemoOptions {
  readonly architecture: Architecture;
  /** The text of the document that every image begins with. */
  readonly base: string;
  /** How long the nodes wait between two looks at the repository. */
  readonly pollSeconds: number;
  readonly telling: Telling;
  /** Whether all releases are of the same packages, which is sooner told. Default false: release 2 has security updates. */
  readonly sameDay?: boolean;
  /** Where all that is made stays; without it, it is removed. Absolute, and made if it is not there. */
  readonly keep?: string;
  readonly cache: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly definitions: DefinitionIo;
  readonly environment: Environment;
  /** Told of every scene, in their order, when it has ended. */
  readonly onScene: (scene: SceneReport) => void;
}

export interface DemoReport {
  readonly architecture: Architecture;
  readonly releases: readonly {
    readonly version: string;
    readonly whatItIs: string;
    readonly roothash: string;
    /** How many packages it has in other versions than the release before; absent where it has the same on purpose. */
    readonly updates?: number;
    /** Of the root image and the kernel image, in bytes: as they are, as they are published in full, and as deltas from the release before. */
    readonly bytes: number;
    readonly fullBytes: number;
    readonly deltaBytes: number;
  }[];
  readonly scenes: readonly SceneReport[];
  /** What making the releases took, most of it while the story was told; what the story took; and all of it, from the first to the last. */
  readonly buildSeconds: number;
  readonly storySeconds: number;
  readonly seconds: number;
}

/** @throws ComposerError `DEMO_FAILED` when the story goes otherwise, and what building, publishing and machines throw. */
export const runDemo = async (options: DemoOptions): Promise<DemoReport> => {
  requireRoot();
  if (options.keep !== undefined) return runIn(await emptyDirectory(options.keep), options);
  const store = await openStore(options.cache);
  await using scratch = await store.scratch("demo");
  return await runIn(scratch.directory, options);
};

/** @throws ComposerError `OUTPUT_OCCUPIED` */
const emptyDirectory = async (directory: string): Promise<string> => {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length === 0) return directory;
  throw new ComposerError("OUTPUT_OCCUPIED", `${directory} is not empty`, {
    hint: "name a directory that is not there yet",
  });
};

const runIn = async (directory: string, given: DemoOptions): Promise<DemoReport> => {
  const { clock, architecture } = given;
  const seconds = (from: number): number => Math.round((clock.monotonicMs() - from) / 1000);
  const started = clock.monotonicMs();
  const story = storyFor(given.telling);
  return together(given.progress.signal, async (crew) => {
    const progress: Progress = { ...given.progress, signal: crew.signal };
    const options = { ...given, progress, directory };
    const shop = await openWorkshop(options);
    const { releases, spentMs } = makeReleases(options, shop, crew, releasesOf(story));
    const { scenes, storySeconds } = await tellStory(options, { story, shop, releases, crew });
    const made = await Promise.all(releases.values());
    return {
      architecture,
      releases: made.map(describeRelease),
      scenes,
      buildSeconds: Math.round(spentMs() / 1000),
      storySeconds,
      seconds: seconds(started),
    };
  });
};

/** Makes releases one after the other, while the story is told of those that are there. */
const makeReleases = (
  { clock, progress }: Pick<DemoOptions, "clock" | "progress">,
  shop: OpenedWorkshop,
  { join }: Crew,
  versions: readonly DemoRelease[],
): { readonly releases: Releases; readonly spentMs: () => number } => {
  const releases = new Map<DemoRelease, Promise<MadeRelease>>();
  const started = clock.monotonicMs();
  let ended = started;
  const make = (version: DemoRelease): Promise<MadeRelease> => {
    progress.signal?.throwIfAborted();
    return progress.task(`release ${version}`, whatItIs(version), async () => {
      const made = await shop.make(version);
      ended = clock.monotonicMs();
      return made;
    });
  };
  let last: Promise<unknown> = Promise.resolve();
  for (const version of versions) {
    const made = join(last.then(() => make(version)));
    releases.set(version, made);
    last = made;
  }
  return { releases, spentMs: () => ended - started };
};

const describeRelease = ({
  version,
  roothash,
  artifacts,
  transports,
  updates,
}: MadeRelease): DemoReport["releases"][number] => ({
  version,
  whatItIs: whatItIs(version),
  roothash,
  ...(updates === undefined ? {} : { updates }),
  bytes: artifacts["root.erofs"].size + artifacts["uki.efi"].size,
  fullBytes: bytesOf(transports, FRAMES_FORMAT),
  deltaBytes: bytesOf(transports, DELTA_FORMAT),
});

const bytesOf = (transports: MadeRelease["transports"], wanted: string): number =>
  transports
    .filter(({ format }) => format === wanted)
    .reduce((sum, { file }) => sum + file.size, 0);
