/**
 * What an agent does to its disk from one release to the next, act by act. Each act looks at what the machine booted and goes on from there, so that it can be
 * played again after any cut.
 */
import { DEFAULT_FETCH_LIMITS, stage } from "@slipway/receiver";
import type { SimulatedDisk } from "@slipway/host/testing";
import { formatEntryName } from "../../src/esp/entry-name.ts";
import { updateLoader } from "../../src/esp/loader-update.ts";
import { bless, type EntryOf, markBad, rearm, removeEntry } from "../../src/esp/steps.ts";
import { EspError } from "../../src/esp/errors.ts";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import { type Ledger, openLedger } from "../../src/ledger/open-ledger.ts";
import type { SlotLetter } from "../../src/node/facts.ts";
import { editEtc } from "./etc.ts";
import { CLOCK, finalize, keepManifest, lookAtEsp, refOf, type Scene } from "./agent.ts";
import { boots } from "./loader.ts";
import { type Machine, SLOTS, switchOn } from "./machine.ts";
import type { TinyRelease } from "./releases.ts";

const AGENT = "/var/lib/slipway/agent";

/** What whoever watches is told while an act is played. */
export interface Watcher {
  /** From now on the machine may boot these, and no others. */
  readonly mayBoot: (...releases: readonly TinyRelease[]) => void;
  /** This many lines are in the ledger for good. */
  readonly wrote: (lines: number) => void;
}

export interface Act {
  readonly title: string;
  readonly play: (node: Node) => Promise<void>;
  /** What it ends with. */
  readonly end: TinyRelease;
  /** Or with these, where a cut took the way there. */
  readonly endUnlessLost?: readonly TinyRelease[];
}

/** A machine with an agent on it. */
export interface Node {
  readonly machine: () => Machine;
  /** What is booted. */
  readonly booted: () => TinyRelease;
  /** For the agent's tasks. */
  readonly scene: () => Scene;
  /** Firmware and loader do their part, and everything is mounted anew. */
  readonly reboot: () => void;
  readonly record: (entry: LedgerEntry) => Promise<void>;
  readonly watch: Watcher;
}

/** The ledger of a disk. */
export const ledgerOn = (files: Machine["files"], log: (line: string) => void): Ledger =>
  openLedger({
    files,
    directory: AGENT,
    clock: CLOCK,
    exclusively: (work) => work(),
    log,
  });

/** Boots the disk. */
export const bootNode = (
  disk: SimulatedDisk,
  releases: readonly TinyRelease[],
  watch: Watcher,
  turnOn: (disk: SimulatedDisk) => Machine = switchOn,
): Node => {
  let machine: Machine;
  let booted: TinyRelease;
  const reboot = (): void => {
    booted = boots(disk, releases);
    machine = turnOn(disk);
  };
  reboot();
  return {
    machine: () => machine,
    booted: () => booted,
    scene: () => ({ machine, booted, releases }),
    reboot,
    watch,
    // What stands there already is not written again, as the machine of states has it.
    record: async (entry) => {
      const ledger = ledgerOn(machine.files, () => undefined);
      const { history } = await ledger.view();
      const isLast = history[0] !== undefined && isSameLine(history[0], entry);
      const { history: now } = isLast ? { history } : await ledger.append(entry);
      watch.wrote(now.length);
    },
  };
};

const isSameLine = (a: LedgerEntry, b: LedgerEntry): boolean =>
  a.kind === b.kind &&
  "release" in a &&
  "release" in b &&
  a.release.roothash === b.release.roothash;

/** A release's entry by all its names; those that a cut tore are found by what the files hold. */
export const entryOf = async (node: Node, { name, roothash }: TinyRelease): Promise<EntryOf> => {
  const { torn } = await lookAtEsp(node.scene());
  return { ...name, torn: torn.filter((one) => one.roothash === roothash).map(({ file }) => file) };
};

export interface Update {
  readonly from: TinyRelease;
  readonly to: TinyRelease;
  /** Where it goes. */
  readonly slot: SlotLetter;
  /** What is there before. */
  readonly over?: TinyRelease;
  readonly verdict?: "good" | "bad";
}

/** The parts of an update, in their order: what a mistake puts elsewhere or leaves out. */
export interface UpdateSteps {
  readonly clear: (node: Node, update: Update) => Promise<void>;
  readonly stage: (node: Node, update: Update, clear: UpdateSteps["clear"]) => Promise<void>;
  /** `/etc` is carried, and the entry gets its name. */
  readonly finalize: (node: Node, update: Update) => Promise<void>;
  readonly probation: (node: Node, update: Update) => Promise<void>;
}

export const CAREFUL: UpdateSteps = {
  /** The entry goes before its slot is written. */
  clear: async (node, { over }) => {
    if (over !== undefined) await removeEntry(node.machine(), await entryOf(node, over));
  },
  stage: async (node, update, clear) => {
    const { from, to, slot } = update;
    const { files, devices } = node.machine();
    await keepManifest(node.scene(), to);
    await stage({
      manifest: to.manifest,
      sources: [to.source],
      seeds: [],
      target: {
        slot,
        root: SLOTS[slot].root.name,
        verity: SLOTS[slot].verity.name,
        uki: `/efi/EFI/Linux/${formatEntryName({ ...to.name, state: { kind: "staged" } })}`,
      },
      bootedRoothash: from.roothash,
      journal: `${AGENT}/staging`,
      devices,
      files,
      beforeWriting: () => clear(node, update),
      limits: DEFAULT_FETCH_LIMITS,
      clock: CLOCK,
      random: () => 0.5,
      log: (message) => {
        throw new Error(message);
      },
    });
  },
  finalize: (node, { to }) => finalize(node.scene(), to),
  probation: async (node, update) => {
    await readThrough(node.machine(), update.to, update.slot);
    await blessBooted(node, update);
  },
};

export const blessBooted = async (node: Node, { to }: Update): Promise<void> => {
  await bless(node.machine(), await entryOf(node, to));
};

/** Every block of the root, once, as dm-verity would give it. @throws where one is spoilt */
export const readThrough = async (
  { devices }: Machine,
  { root, verity }: TinyRelease,
  slot: SlotLetter,
): Promise<void> => {
  for (const [{ name }, expected] of [
    [SLOTS[slot].root, root],
    [SLOTS[slot].verity, verity],
  ] as const) {
    const device = await devices.open(name);
    const found = new Uint8Array(expected.length);
    await device.readInto(found, 0);
    if (Buffer.compare(found, expected) !== 0) throw new SpoiltBlock(`${name} is spoilt`);
  }
};

export class SpoiltBlock extends Error {}

/** From the first byte to the blessing, or to the mark. */
export const playUpdate = async (
  node: Node,
  update: Update,
  steps: UpdateSteps = CAREFUL,
): Promise<void> => {
  const { from, to } = update;
  // Found bad before the cut: no agent takes it again.
  if (node.booted() === from && (await isForbidden(node, to))) return;
  if (node.booted() === from) {
    await steps.stage(node, update, steps.clear);
    await node.record({ kind: "staged", release: refOf(to), securityEpoch: 0 });
    await editEtc(node.machine().files, from);
    await node.record({ kind: "finalized", release: refOf(to), from: refOf(from) });
    node.watch.mayBoot(from, to);
    await steps.finalize(node, update);
    node.watch.mayBoot(to);
    node.watch.mayBoot(from, to);
    node.reboot();
  }
  if (node.booted() !== to) return;
  if (update.verdict === "bad") {
    await condemn(node, update);
    return;
  }
  try {
    await steps.probation(node, update);
  } catch (error) {
    if (!(error instanceof SpoiltBlock)) throw error;
    await condemn(node, update);
    return;
  }
  node.watch.mayBoot(to);
  await node.record({ kind: "good", release: refOf(to) });
};

const isForbidden = async (node: Node, { roothash }: TinyRelease): Promise<boolean> => {
  const { forbidden } = await ledgerOn(node.machine().files, () => undefined).view();
  return forbidden.has(roothash);
};

/** The verdict is bad. */
const condemn = async (node: Node, { from, to }: Update): Promise<void> => {
  await node.record({ kind: "failed", release: refOf(to), reason: "a test says so" });
  await markBad(node.machine(), await entryOf(node, to));
  node.watch.mayBoot(from);
  node.reboot();
};

/** Whether there was still something to go back to: a rename that a cut spoilt can have taken it, and then the agent says so. */
const isRearmed = async (node: Node, release: TinyRelease): Promise<boolean> => {
  try {
    await rearm(node.machine(), await entryOf(node, release));
    return true;
  } catch (error) {
    if (error instanceof EspError && error.code === "ENTRY_MISSING") return false;
    throw error;
  }
};

/** One command. */
export const playRollback = async (
  node: Node,
  { from, to }: Pick<Update, "from" | "to">,
): Promise<void> => {
  if (node.booted() === from) {
    await node.record({
      kind: "rolled-back",
      release: refOf(from),
      target: refOf(to),
      reason: "a test says so",
    });
    node.watch.mayBoot(from, to);
    if (!(await isRearmed(node, to))) return;
    await markBad(node.machine(), await entryOf(node, from));
    node.watch.mayBoot(to);
    node.watch.mayBoot(from, to);
    node.reboot();
  }
  if (node.booted() !== to) return;
  // What systemd does after a good boot of an entry that was armed.
  await bless(node.machine(), await entryOf(node, to));
  node.watch.mayBoot(to);
};

/** A newer systemd-boot. */
export const playLoaderUpdate = async (node: Node, program: Uint8Array): Promise<void> => {
  await updateLoader({ files: node.machine().files, architecture: "x86_64", program });
};
