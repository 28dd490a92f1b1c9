/** The same story with one step in the wrong place: if the checker found nothing there, it would find nothing anywhere. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Files, OpenFile } from "@slipway/host";
import type { SimulatedDisk } from "@slipway/host/testing";
import { activate, removeEntry } from "../../src/esp/steps.ts";
import { carryEtc } from "./etc.ts";
import { checkAct, recorder } from "./checker.ts";
import { installOn, LAYOUTS, LOADERS, RELEASES } from "./installation.ts";
import { installedDisk, type Machine, settled, SLOTS, switchOn } from "./machine.ts";
import {
  type Act,
  blessBooted,
  bootNode,
  CAREFUL,
  entryOf,
  playUpdate,
  readThrough,
  type UpdateSteps,
} from "./story.ts";

const [one, two] = RELEASES;
const LIMIT = 2500;

interface Mistake {
  readonly steps?: Partial<UpdateSteps>;
  readonly turnOn?: (disk: SimulatedDisk) => Machine;
  readonly spoilt?: boolean;
}

/** The first thing that is wrong with what a cut leaves, in any layout; undefined where nothing is. */
const violation = async ({
  steps,
  turnOn,
  spoilt = false,
}: Mistake): Promise<string | undefined> => {
  for (const places of LAYOUTS) {
    const act: Act = {
      title: "an update",
      end: two,
      endUnlessLost: [one],
      play: (node) => playUpdate(node, { from: one, to: two, slot: "b" }, { ...CAREFUL, ...steps }),
    };
    const disk = settled(await installedDisk(one, installOn(places)));
    const record = recorder(disk, [one]);
    await act.play(bootNode(disk, RELEASES, record.watch, turnOn));
    const report = await checkAct(act, disk, record, {
      releases: RELEASES,
      loaders: LOADERS,
      limit: LIMIT,
      replays: 0,
      secondLimit: 0,
      seed: 1,
      seen: new Set(),
      spoilt,
    });
    if (report.violation !== undefined) return report.violation;
  }
  return undefined;
};

const withFiles = (disk: SimulatedDisk, change: (files: Files) => Files): Machine => {
  const machine = switchOn(disk);
  return { ...machine, files: change(machine.files) };
};

/** Opens the staged UKI as one of which nothing is made durable. */
const neverSynced = (files: Files): Files => ({
  ...files,
  open: async (path): Promise<OpenFile> => {
    const file = await files.open(path);
    if (!path.endsWith(".staged")) return file;
    return {
      ...file,
      sync: async () => undefined,
      readBack: (target, offset) => file.readInto(target, offset),
    };
  },
});

/** A disk that takes everything and is never told to keep it. */
const neverFlushed = (disk: SimulatedDisk): SimulatedDisk =>
  Object.assign(Object.create(disk) as SimulatedDisk, { flush: () => undefined });

/** A block of slot B goes bad once it was read back. */
const spoilingFinalize: UpdateSteps["finalize"] = async (node, update) => {
  const { disk } = node.machine();
  disk.write(SLOTS.b.root.first + 9, new Uint8Array(512).fill(0xff), "a worn out disk");
  disk.flush();
  await CAREFUL.finalize(node, update);
};

describe("a mistake is found: ", () => {
  const mistakes: readonly (readonly [string, Mistake, RegExp])[] = [
    [
      "the entry gets its name before its bytes are durable",
      { turnOn: (disk) => withFiles(disk, neverSynced) },
      /no whole UKI/,
    ],
    [
      "the disk's cache is never flushed",
      { turnOn: (disk) => switchOn(neverFlushed(disk)) },
      /nothing to boot|no whole UKI|slot does not verify|no \/etc|ledger|cannot be read/,
    ],
    [
      "the release is blessed before every block of it was read",
      {
        spoilt: true,
        steps: {
          finalize: spoilingFinalize,
          probation: async (node, update) => {
            await blessBooted(node, update);
            await readThrough(node.machine(), update.to, update.slot);
          },
        },
      },
      /slot does not verify/,
    ],
    [
      "the older release is removed while the newer one is on probation",
      {
        steps: {
          probation: async (node, update) => {
            await removeEntry(node.machine(), await entryOf(node, one));
            await CAREFUL.probation(node, update);
          },
        },
      },
      /nothing to boot/,
    ],
    [
      "/etc is carried after the entry got its name",
      {
        steps: {
          finalize: async (node, { from, to }) => {
            await activate(node.machine(), await entryOf(node, to), to.ukiFacts);
            await carryEtc(node.machine().files, from, to);
          },
        },
      },
      /no \/etc of its own/,
    ],
  ];
  for (const [name, mistake, words] of mistakes) {
    it(name, async () => {
      const found = await violation(mistake);
      assert.ok(found !== undefined, "the checker found nothing");
      assert.match(found, words);
    });
  }

  it("and none where there is none, a worn out disk among it", async () => {
    assert.equal(await violation({}), undefined);
    assert.equal(
      await violation({ spoilt: true, steps: { finalize: spoilingFinalize } }),
      undefined,
    );
  });
});
