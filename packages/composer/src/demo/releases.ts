/** The demonstration's releases: built from definitions made on the spot, published with keys made on the spot. Shell. */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Clock, type Exec, inTurns } from "@slipway/host";
import type { ReleaseManifest } from "@slipway/release";
import {
  type Architecture,
  type DefinitionIo,
  type ImageDefinition,
  loadDefinition,
} from "@slipway/ignition-config";
import { type BuiltRelease, buildReleases } from "../build/build.ts";
import { openRootTree } from "../diff/root-tree.ts";
import { ComposerError } from "../errors.ts";
import type { SectorBytes } from "../image/disk.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { lockFileOf, readLock, writeLock } from "../lock/file.ts";
import type { Environment } from "../lock/http-get.ts";
import type { Progress } from "../progress.ts";
import { publish, type PublishOptions } from "../repository/publish.ts";
import { requireKeys } from "../repository/require-keys.ts";
import { ensureRepository } from "../trust/create-repository.ts";
import { editRepository } from "../trust/edit-repository.ts";
import { initKeys } from "../trust/init-keys.ts";
import { ANCHOR_FILE, type Keyring } from "../trust/keyring.ts";
import {
  AGENT_FILE,
  CHANNEL,
  definitionOf,
  type DemoRelease,
  type DemoSettings,
  IMAGE,
} from "./definitions.ts";

export interface Workshop {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly definitions: DefinitionIo;
  readonly environment: Environment;
  readonly cache: string;
  readonly architecture: Architecture;
  /** The text of the document that every image begins with, or that this one does. */
  readonly base: string | ((release: DemoRelease) => string);
  readonly pollSeconds: number;
  /** An empty directory for keys, definitions, releases and the repository. */
  readonly directory: string;
  /** Whether all releases are of the same packages, for stories that are not about updates of packages. Default false. */
  readonly sameDay?: boolean;
  /** Bytes of nothing in particular that release 2 has more than release 1: what no delta makes smaller. Default 0. */
  readonly ballastBytes?: number;
  /** What the disk of release 1 is made for. Default: 512. */
  readonly sectorBytes?: SectorBytes;
}

export interface OpenedWorkshop {
  /** Of the repository. */
  readonly repo: string;
  /**
   * Builds a release, and puts it into the repository, where no channel names it yet. Under a version that is not its own it is one of many that follow
   * each other: the packages of the story's own, and no delta.
   */
  readonly make: (release: DemoRelease, version?: string) => Promise<MadeRelease>;
  /** Puts it on the channel, open to all; of a copy of the repository where one is named. */
  readonly offer: (version: string, repo?: string) => Promise<void>;
  /** Leaves the repository as it is now in a directory that is not there yet, on the same file system: what comes later does not reach it. */
  readonly copy: (directory: string) => Promise<void>;
}

export interface MadeRelease extends BuiltRelease {
  readonly transports: ReleaseManifest["transports"];
  /** How many of its packages the release before it has in other versions, or not at all; where they were resolved anew. */
  readonly updates?: number;
  /** The list of what is in it. */
  readonly contents?: NonNullable<ReleaseManifest["contents"]>;
}

const BASE_FILE = "base.yaml";
const HALF_AGENT = "half-of-the-agent.mjs";
const BALLAST = "ballast";

const YEAR_SECONDS = 365 * 86_400;

/** Open to all nodes for a year already: one whose clock is behind takes part too, and says at least when its release was built. */
const openToAll = (now: Date): NonNullable<NonNullable<PublishOptions["channel"]>["policy"]> => ({
  start: Math.floor(now.getTime() / 1000) - YEAR_SECONDS,
  waves: [{ share: 10_000, duration: 0, soak: 0 }],
  groups: new Map(),
});

/** Makes keys and an empty repository. Releases are made one after the other; offers and copies may be asked for meanwhile, and wait for their turn. */
export const openWorkshop = async (shop: Workshop): Promise<OpenedWorkshop> => {
  const { clock, directory } = shop;
  const [keys, repo] = [path.join(directory, "keys"), path.join(directory, "repo")];
  const { keyring } = await initKeys(
    keys,
    { algorithm: "ed25519", images: [IMAGE], rootKeys: 1, rootThreshold: 1, external: [] },
    shop,
  );
  await ensureRepository(repo, keyring, clock);
  const built = new Map<DemoRelease, BuiltRelease>();
  // A repository has one publisher at a time.
  const alone = inTurns();
  return {
    repo,
    make: async (release, version = release) => {
      const isOwn = version === release;
      const made = await build(shop, release, version, keyring, built);
      const before = isOwn ? built.get(PREDECESSOR[release] ?? release) : undefined;
      if (isOwn) built.set(release, made);
      const { releases } = await alone(() =>
        publish({
          ...publishing(shop, repo, keyring),
          directories: [made.directory],
          // From what the node runs when it meets the release; its directory is at hand.
          from: before === undefined ? [] : [before.directory],
        }),
      );
      const contents = releases[0]?.contents;
      const last = PREDECESSOR[release];
      const updates =
        last !== undefined && hasNewPackages(shop, release, version)
          ? await updatesOf(shop, last, version)
          : undefined;
      return {
        ...made,
        transports: releases.flatMap(({ transports }) => transports),
        ...(updates === undefined ? {} : { updates }),
        ...(contents === undefined ? {} : { contents }),
      };
    },
    offer: async (version, at = repo) => {
      await alone(() =>
        publish({
          ...publishing(shop, at, keyring),
          published: { image: IMAGE, version },
          channel: { name: CHANNEL, policy: openToAll(clock.now()) },
        }),
      );
    },
    copy: (to) =>
      alone(async () => {
        await shop.exec.run({
          // Links: nothing in a repository is ever written to, all is put in its place by a new name.
          argv: ["cp", "--archive", "--link", repo, to],
          purpose: "copying the repository",
        });
      }),
  };
};

/** Each release starts from the lock of the one before: the ids of accounts stay, and of the packages all but those of release 2. */
const PREDECESSOR: Readonly<Record<DemoRelease, DemoRelease | undefined>> = {
  "1": undefined,
  "2": "1",
  "3": "2",
  "4": "2",
  "5": "2",
};

const hasNewPackages = ({ sameDay }: Workshop, release: DemoRelease, version: string): boolean =>
  release === "2" && version === release && sameDay !== true;

const placeOf = ({ directory }: Workshop, version: string): string =>
  path.join(directory, `release-${version}`);

const definitionFileOf = (shop: Workshop, version: string): string =>
  path.join(placeOf(shop, version), "demo.yaml");

const build = async (
  shop: Workshop,
  release: DemoRelease,
  version: string,
  { directory: keys }: Keyring,
  built: ReadonlyMap<DemoRelease, BuiltRelease>,
): Promise<BuiltRelease> => {
  const place = placeOf(shop, version);
  await mkdir(place);
  const base = typeof shop.base === "string" ? shop.base : shop.base(release);
  await writeFile(path.join(place, BASE_FILE), base);
  await copyFile(path.join(keys, ANCHOR_FILE), path.join(place, ANCHOR_FILE));
  const settings: DemoSettings = {
    ...{ architecture: shop.architecture, pollSeconds: shop.pollSeconds },
    ...{ base: BASE_FILE, root: ANCHOR_FILE, halfAgent: HALF_AGENT, version },
    ...(release === "2" && shop.ballastBytes !== undefined ? { ballast: BALLAST } : {}),
  };
  if (settings.ballast !== undefined)
    await writeFile(path.join(place, BALLAST), randomBytes(shop.ballastBytes ?? 0));
  const definitionFile = definitionFileOf(shop, version);
  await writeFile(definitionFile, definitionOf(release, settings));
  const before = version === release ? PREDECESSOR[release] : release;
  if (before !== undefined)
    await inheritLock(definitionFileOf(shop, before), definitionFile, {
      packages: !hasNewPackages(shop, release, version),
    });
  if (release === "5") await writeHalfAgent(built.get("1"), path.join(place, HALF_AGENT));
  const [made] = await buildReleases({
    definitionFile,
    definition: await readDefinition(shop, definitionFile),
    architectures: [shop.architecture],
    out: path.join(place, "out"),
    locked: false,
    noCache: false,
    withoutSecurity: release === "1" && shop.sameDay !== true,
    ...(shop.sectorBytes === undefined ? {} : { sectorBytes: shop.sectorBytes }),
    ...{ cache: shop.cache, exec: shop.exec, clock: shop.clock, environment: shop.environment },
    progress: shop.progress,
  });
  if (made === undefined) throw new TypeError("a build without a release");
  // Only the first is installed; the others reach the node through the repository.
  if (release !== "1") await rm(path.join(made.directory, "disk.raw"));
  return made;
};

const readDefinition = async (
  { definitions }: Pick<Workshop, "definitions">,
  file: string,
): Promise<ImageDefinition> => {
  const { definition, report } = await loadDefinition(file, definitions);
  if (definition !== undefined) return definition;
  const said = report.findings.map(({ message }) => message).join("\n");
  throw new ComposerError("DEMO_FAILED", `the demonstration's own definition is refused:\n${said}`);
};

/** On some days there are none, and a story that told of them would be made up. */
const updatesOf = async (shop: Workshop, before: DemoRelease, version: string): Promise<number> => {
  const packagesOf = async (of: string): Promise<readonly string[]> => {
    const lock = await readLock(lockFileOf(definitionFileOf(shop, of)));
    const packages = lock?.architectures[shop.architecture]?.packages ?? [];
    return packages.map(({ name, sha256 }) => `${name} ${sha256}`);
  };
  const had = new Set(await packagesOf(before));
  return (await packagesOf(version)).filter((one) => !had.has(one)).length;
};

/** Without its packages, a lock has them resolved anew. */
const inheritLock = async (
  from: string,
  to: string,
  { packages }: { readonly packages: boolean },
): Promise<void> => {
  const lock = await readLock(lockFileOf(from));
  if (lock === undefined) throw new TypeError(`${from} was not built`);
  await writeLock(lockFileOf(to), packages ? lock : { ...lock, architectures: {} });
};

/**
 * The first half of the program that release 1 has, with all parts whole: what runs it comes last in it, so that half is no agent. Whether it is a program which
 * ends well, or none at all, is luck: a node has to be back from both.
 */
const writeHalfAgent = async (first: BuiltRelease | undefined, to: string): Promise<void> => {
  if (first === undefined) throw new TypeError("release 1 was not built");
  await using source = await openFileSource(path.join(first.directory, "root.erofs"));
  const text = await (await openRootTree(source)).text(AGENT_FILE);
  if (text === undefined)
    throw new ComposerError("DEMO_FAILED", `release 1 has no ${AGENT_FILE} to cut in half`);
  await writeFile(to, text.slice(0, text.length / 2));
};

const SALT_BYTES = 16;

const publishing = (
  { clock, progress }: Workshop,
  repo: string,
  keyring: Keyring,
): PublishOptions => ({
  ...{ repo, directories: [], deltas: 0, from: [], acceptLostOffers: false },
  requireKeys: (roles) => requireKeys(keyring, roles),
  edit: (decide) => editRepository(repo, keyring, decide, clock),
  clock,
  drawSalt: () => randomBytes(SALT_BYTES).toString("hex"),
  progress,
});
