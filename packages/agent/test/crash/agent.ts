/** The agent's own finalizing on a simulated node: what they look at is read from its disk anew, as on a real one. */
import { linuxClock } from "@slipway/host";
import type { EtcReport } from "../../src/etc/report.ts";
import { isBootable, parseEntryName } from "../../src/esp/entry-name.ts";
import { holds } from "../../src/esp/steps.ts";
import type { LedgerView } from "../../src/ledger/view.ts";
import type { EspEntry, HostFacts, NodeView, SlotLetter, TornEntry } from "../../src/node/facts.ts";
import { NODE_PLACES, type TaskContext } from "../../src/tasks/context.ts";
import { finalizeRelease } from "../../src/tasks/finalize.ts";
import { keptReleases } from "../../src/tasks/kept-releases.ts";
import { carryEtc } from "./etc.ts";
import { type Machine, SLOTS } from "./machine.ts";
import { type TinyRelease, VERITY_BYTES } from "./releases.ts";

export const CLOCK = { ...linuxClock, now: () => new Date(1_790_000_000_000) };
const ENTRIES = NODE_PLACES.entries;
/** Nothing here is about room. */
const PLENTY = 2 ** 40;

/** What the tasks need to know of the node that they are on. */
export interface Scene {
  readonly machine: Machine;
  readonly booted: TinyRelease;
  readonly releases: readonly TinyRelease[];
}

/** UKIs by what is in them: a file of ours is one of a few. */
export const lookAtEsp = async ({
  machine: { files },
  releases,
}: Omit<Scene, "booted">): Promise<Pick<HostFacts, "entries" | "torn">> => {
  const entries: EspEntry[] = [];
  const torn: TornEntry[] = [];
  for (const file of await files.list(ENTRIES)) {
    const path = `${ENTRIES}/${file}`;
    let roothash: string | undefined;
    for (const release of releases) {
      if (await holds(files, path, release.ukiFacts)) ({ roothash } = release);
    }
    const name = parseEntryName(file);
    if (name !== undefined) {
      const opened = await files.open(path);
      const size = await opened.size();
      entries.push({ file, name, roothash, dataUuid: undefined, hashUuid: undefined, size });
    } else if (roothash !== undefined) torn.push({ file, roothash });
  }
  return { entries, torn };
};

/** The release whose superblock a slot has. */
const inSlot = async (
  { machine: { devices }, releases }: Scene,
  slot: SlotLetter,
): Promise<TinyRelease | undefined> => {
  const device = await devices.open(SLOTS[slot].verity.name);
  const found = new Uint8Array(VERITY_BYTES);
  await device.readInto(found, 0);
  return releases.find(
    ({ verity }) => Buffer.compare(found.subarray(0, 512), verity.subarray(0, 512)) === 0,
  );
};

const lookAt = async (scene: Scene): Promise<NodeView> => {
  const { booted } = scene;
  const { entries, torn } = await lookAtEsp(scene);
  const slot = (await inSlot(scene, "a")) === booted ? "a" : "b";
  const other = slot === "a" ? "b" : "a";
  const there = await inSlot(scene, other);
  const entryOf = (release: TinyRelease | undefined): EspEntry | undefined =>
    entries.find(({ name, roothash }) => isBootable(name) && roothash === release?.roothash);
  const staged = entries.find(
    ({ name, roothash }) => name.state.kind === "staged" && roothash === there?.roothash,
  );
  const entry = there === undefined ? undefined : entryOf(there);
  const isKnown = there !== undefined && (entry ?? staged) !== undefined;
  return {
    facts: {
      bootId: "00000000-0000-0000-0000-000000000000",
      image: "base",
      architecture: "x86_64",
      agentVersion: "0.1.0",
      booted: { ...refOf(booted), slot, entry: entryOf(booted), unproven: undefined },
      counted: false,
      degraded: [],
      inactive: { slot: other, release: isKnown ? refOf(there) : undefined, entry, staged },
      entries,
      torn,
      overrides: [],
      slotBytes: PLENTY,
      espFreeBytes: PLENTY,
      varFreeBytes: PLENTY,
    },
    disk: { name: "vda", slots: { a: devicesOf("a"), b: devicesOf("b") } },
  };
};

const devicesOf = (slot: SlotLetter) => ({
  root: { path: SLOTS[slot].root.name, size: PLENTY },
  verity: { path: SLOTS[slot].verity.name, size: PLENTY },
});

export const refOf = ({ version, roothash }: TinyRelease) => ({ version, roothash });

const NO_REPORT: EtcReport = { schema: 1, carried: [], taken: [], conflicts: [], ignored: [] };

/** Ports that no task here may reach for. */
const contextOn = (scene: Scene): TaskContext =>
  // What is missing would be a failure of the test, by name.
  ({
    look: () => lookAt(scene),
    buildDate: async () => new Date(0),
    files: scene.machine.files,
    devices: scene.machine.devices,
    carryEtc: async (_view, manifest) => {
      const next = scene.releases.find(({ roothash }) => roothash === manifest.roothash);
      if (next !== undefined) await carryEtc(scene.machine.files, scene.booted, next);
      return NO_REPORT;
    },
    remember: async () => undefined,
    clock: CLOCK,
    random: () => 0.5,
    places: NODE_PLACES,
    log: () => undefined,
    progress: () => undefined,
  }) satisfies Partial<TaskContext> as unknown as TaskContext;

export const keepManifest = (scene: Scene, { manifest }: TinyRelease): Promise<void> =>
  keptReleases(scene.machine.files, `${NODE_PLACES.state}/releases`).keepManifest(manifest);

const NOTHING_FORBIDDEN: Pick<LedgerView, "forbidden" | "floor"> = {
  forbidden: new Map(),
  floor: 0,
};

export const finalize = (scene: Scene, release: TinyRelease): Promise<void> =>
  finalizeRelease(contextOn(scene), { ...refOf(release), securityEpoch: 0 }, NOTHING_FORBIDDEN);
