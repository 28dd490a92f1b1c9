/** The power goes during the first boot: whenever that is, the next boot completes it. */
import assert from "node:assert/strict";
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "mocha";
import {
  flushPoints,
  type LoggedWrite,
  openFileSource,
  readWriteLog,
  replayWrites,
} from "@slipway/composer/testing";
import { bootEntries, holdsUki } from "../support/boot-entries.ts";
import { drawNumbers, drawSpread, seedOfRun } from "../support/drawn-numbers.ts";
import { copyDisk, diskOf, partitionOf, partitionsOf } from "../support/node-disk.ts";
import { comesUpWhole, bootNode, outputOf } from "../support/node-machine.ts";
import { baseRelease, requireRoot, scratchDirectory } from "../support/release.ts";

const TRIALS = 10;
/** Two processors: two machines. */
const AT_ONCE = 2;
const seed = seedOfRun();

describe(`a first boot without power (SLIPWAY_SEED=${seed})`, function () {
  this.timeout("30m");
  requireRoot();
  const scratch = scratchDirectory("power-cut");
  const at = (name: string): string => path.join(scratch, name);
  const log = at("writes.log");
  let pristine: string;
  let entries: readonly LoggedWrite[];

  before("record the writes of a first boot", async () => {
    const { x86_64 } = await baseRelease();
    pristine = diskOf(x86_64);
    const disk = await copyDisk(pristine, at("recorded.raw"));
    await (await open(log, "w")).close();
    await using machine = await bootNode([], { disks: [{ file: disk, record: log }] });
    await machine.up();
    // What the first boot leaves in memory belongs to it too, its blessing as well.
    await outputOf(machine, "ls /efi; sync");
    await machine.cut();
    await using source = await openFileSource(log);
    entries = await readWriteLog(source);
    await rm(disk);
  });

  /** A disk as the power cut after so many entries leaves it. */
  const cutDisk = async (name: string, count: number): Promise<string> => {
    const disk = await copyDisk(pristine, at(name));
    await using from = await open(log, "r");
    await using to = await open(disk, "r+");
    await replayWrites(from, entries.slice(0, count), to);
    return disk;
  };

  it("wrote the partition table, the file system and files, with flushes in between", async () => {
    assert.ok(flushPoints(entries).length >= TRIALS, `${flushPoints(entries).length} flushes`);
    const disk = await cutDisk("whole.raw", entries.length);
    assert.equal((await partitionsOf(disk)).at(-1)?.label, "var");
    await rm(disk);
  });

  it("has a whole boot entry on the ESP after each of its writes, loader's and system's alike", async () => {
    const disk = await copyDisk(pristine, at("esp.raw"));
    const esp = await partitionOf(disk, "esp");
    const uki = path.join(path.dirname(pristine), "uki.efi");
    await using from = await open(log, "r");
    await using to = await open(disk, "r+");
    const empty: string[] = [];
    let writes = 0;
    for (const [index, entry] of entries.entries()) {
      if (entry.kind !== "write" || entry.offset >= esp.offset + esp.size) continue;
      if (entry.offset < esp.offset) continue;
      writes += 1;
      await replayWrites(from, [entry], to);
      const names = await bootEntries(disk);
      const whole = await Promise.all(names.map((name) => holdsUki(disk, name, uki)));
      if (!whole.includes(true)) empty.push(`after entry ${index + 1}: ${names.join(", ")}`);
    }
    assert.ok(writes > 0, "nobody counted a try or blessed the boot");
    assert.deepEqual(empty, []);
    await rm(disk);
  });

  it(`is completed by the next boot, ${TRIALS} times`, async () => {
    const points = drawSpread(flushPoints(entries), TRIALS, drawNumbers(seed));
    assert.equal(points.length, TRIALS);
    const queue = [...points.entries()];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [trial, count] = next;
        await bootAfter(await cutDisk(`cut-${trial}.raw`, count)).catch((cause: unknown) => {
          throw new Error(`cut after entry ${count} of ${entries.length}: ${String(cause)}`, {
            cause,
          });
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  });

  const bootAfter = async (disk: string): Promise<void> => {
    await using machine = await bootNode(disk);
    await comesUpWhole(machine);
    assert.equal(
      await outputOf(machine, "findmnt -no FSTYPE /var; cat /run/slipway/degraded 2>&-; :"),
      "xfs",
    );
    assert.equal(
      await outputOf(
        machine,
        "findmnt -no FSTYPE /etc; echo x >/etc/x && echo x >/var/x && sync && echo written",
      ),
      "overlay\nwritten",
    );
    await machine.cut();
    await rm(disk);
  };
});
