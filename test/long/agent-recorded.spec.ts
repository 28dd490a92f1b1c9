/**
 * Two updates on a real machine, every write of its disk recorded: whenever the power goes, and whatever the disk had got to, a whole release boots.
 * The rest of a boot, with ledger and /etc, is looked at on some of those disks, really booted.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { serveRepository } from "@slipway/composer";
import {
  type LoggedWrite,
  type MachineSession,
  openFileSource,
  type Partition,
  readWriteLog,
} from "@slipway/composer/testing";
import { after, before, describe, it } from "mocha";
import { agentStatus, statusThat } from "../support/agent-status.ts";
import { drawNumbers, seedOfRun } from "../support/drawn-numbers.ts";
import { copyDisk, partitionsOf } from "../support/node-disk.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import {
  EDITED,
  EDITED_FILE,
  type RecordedUpdates,
  recordUpdates,
  ROOM_FOR_VAR,
  VENDOR_FILE,
  type Version,
  VERSIONS,
} from "../support/recorded-updates.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { type KnownRelease, knownRelease } from "../support/replay/boots.ts";
import { type CrashPoint, planCuts, type PlanOptions } from "../support/replay/crash-points.ts";
import {
  type Entries,
  movedBefore,
  withoutEntry,
  withoutFlushes,
} from "../support/replay/faults.ts";
import { makeLeftDisk, type RecordedDisk, slotVerifies } from "../support/replay/left-disk.ts";
import { type Phase, phasesOf, writesOutOfTurn } from "../support/replay/phases.ts";
import { describePoint, type Judged, replay, type ReplayReport } from "../support/replay/replay.ts";

const LEAST_STATES = 2000;
/** Phases of each of which one disk is booted. */
const BOOTED = [
  "staging 2",
  "finalizing 2",
  "restarted 2",
  "staging 3",
  "finalizing 3",
  "restarted 3",
] as const;
/** Those whose slots are verified as well. */
const VERIFIED: ReadonlySet<string> = new Set(["staging 3", "finalizing 2", "restarted 3"]);
/** The one that then goes on to the newest release. */
const GOES_ON = "staging 3";
/** Two processors: two machines. */
const AT_ONCE = 2;
const seed = seedOfRun();

/** A disk that a cut left, well by all accounts. */
interface Left {
  readonly title: string;
  readonly point: CrashPoint;
  readonly boots: Version;
  /** For each slot, the releases that are whole in it. */
  readonly holds: Readonly<Record<"a" | "b", readonly Version[]>>;
}

describe(`two updates, every write of them recorded (SLIPWAY_SEED=${seed})`, function () {
  this.timeout("40m");
  requireRoot();
  const scratch = scratchDirectory("recorded");
  const at = (name: string): string => path.join(scratch, name);
  let updates: RecordedUpdates;
  let entries: readonly LoggedWrite[];
  let partitions: readonly Partition[];
  let releases: readonly KnownRelease<Version>[];
  let roothashes: Readonly<Record<Version, string>>;
  let phases: readonly Phase<Version>[];
  const left = new Map<string, Left>();

  before("record them", async () => {
    const begin = performance.now();
    updates = await recordUpdates(scratch);
    await using source = await openFileSource(updates.log);
    entries = await readWriteLog(source);
    partitions = await partitionsOf(updates.pristine);
    phases = phasesOf(entries, updates.marks, VERSIONS);
    const manifests = VERSIONS.map((version) => manifestIn(updates.releases[version]));
    const [one = "", two = "", three = ""] = manifests.map(({ roothash }) => roothash);
    roothashes = { "1": one, "2": two, "3": three };
    releases = VERSIONS.map((version) =>
      knownRelease(updates.releases[version], version, {
        image: "base",
        roothash: roothashes[version],
      }),
    );
    tell(`recorded in ${secondsSince(begin)} s`);
  });

  const partition = (label: string): Partition => {
    const found = partitions.find((one) => one.label === label);
    assert.ok(found !== undefined, label);
    return found;
  };
  const isOnEsp = ({ kind, offset }: LoggedWrite): boolean => {
    const { offset: start, size } = partition("esp");
    return kind === "write" && offset >= start && offset < start + size;
  };
  const recorded = (): RecordedDisk => ({
    ...{ pristine: updates.pristine, log: updates.log },
    ...{ room: ROOM_FOR_VAR, entries },
  });

  /** Judges the disks that cuts leave, those in the given phases or all. */
  const judge = async (
    faulty: Entries,
    options: Partial<PlanOptions>,
    { only, seen }: { only?: readonly string[]; seen?: (judged: Judged<Version>) => void } = {},
  ): Promise<ReplayReport> => {
    const disk = await copyDisk(updates.pristine, at("replayed.raw"), ROOM_FOR_VAR);
    const draw = drawNumbers(seed);
    const how = { isDense: isOnEsp, draw };
    const few = { sparsePrefixes: 40, denseReorderings: 30, sparseReorderings: 60 };
    const plan = planCuts(faulty, { ...few, ...how, ...options });
    // The first boot is another test's: see failures-power-cut.
    const moved = phasesOf(faulty, updates.marks, VERSIONS);
    const wanted = moved.filter((phase) => only?.includes(titleOf(phase)) ?? phase.from > 0);
    const isWanted = (index: number): boolean =>
      wanted.some(({ from, until }) => index >= from && index < until);
    const report = replay({
      ...{ disk, log: updates.log, entries: faulty, partition, releases, options: how },
      phases: moved,
      plan: plan.filter(({ interval }) => isWanted(interval.from) || isWanted(interval.until - 1)),
      mostFaults: 5,
      ...(seen === undefined ? {} : { seen }),
    });
    await rm(disk);
    return report;
  };

  it("wrote to no slot out of turn: never to the booted one, never before that is blessed", () => {
    assert.deepEqual(writesOutOfTurn(entries, phases, partition), []);
    for (const { moment, from, until } of phases)
      if (moment === "staging") assert.ok(entries.slice(from, until).some(isOnEsp), "no UKI");
  });

  it(`has a whole release that boots, after each of ${LEAST_STATES} cuts and more`, async () => {
    const begin = performance.now();
    const draw = drawNumbers(seed + 1);
    const counts = new Map<string, number>();
    const report = await judge(
      entries,
      { sparsePrefixes: Infinity, denseReorderings: 40, sparseReorderings: 1200 },
      {
        seen: (judged) => {
          const title = titleOf(judged.phase);
          // One of as many as there are, each as likely.
          const count = (counts.get(title) ?? 0) + 1;
          counts.set(title, count);
          if (isBooted(title) && draw() * count < 1) left.set(title, leftBy(title, judged));
        },
      },
    );
    tell(figures(report, secondsSince(begin)));
    assert.deepEqual(report.faults, []);
    assert.ok(report.distinct >= LEAST_STATES, `${report.distinct} disks`);
  });

  const figures = (
    { inOrder, reordered, distinct, boots }: ReplayReport,
    seconds: string,
  ): string => {
    const kinds = (kind: LoggedWrite["kind"]): number =>
      entries.filter((entry) => entry.kind === kind).length;
    const lines = [...boots].map(([phase, counted]) => {
      const each = [...counted].map(([version, count]) => `release ${version} ${count} times`);
      return `  ${phase}: ${each.join(", ")}`;
    });
    return [
      `${kinds("write")} writes, ${entries.filter(isOnEsp).length} of them on the ESP, ${kinds("flush")} flushes, ${kinds("discard")} discards`,
      `${inOrder} cuts in order, ${reordered} reordered, ${distinct} distinct disks, judged in ${seconds} s; a cut while …`,
      ...lines,
    ].join("\n      ");
  };

  it("is not judged well when something is wrong: a name before its bytes, flushes that are none, a write lost", async () => {
    const [staging, , finalizing] = phases.filter(({ version }) => version === "2");
    assert.ok(staging?.moment === "staging" && finalizing?.moment === "finalizing");
    const isNamed = (entry: LoggedWrite, index: number): boolean =>
      isOnEsp(entry) && index >= finalizing.from && index < finalizing.until;
    const firstIn = (label: string, leastBytes = 0): number =>
      entries.findIndex(
        ({ offset, length, kind }, index) =>
          kind === "write" &&
          length >= leastBytes &&
          index >= staging.from &&
          offset >= partition(label).offset &&
          offset < partition(label).offset + partition(label).size,
      );
    const wrong: readonly (readonly [Entries, readonly string[], RegExp])[] = [
      [movedBefore(entries, staging.from, isNamed), ["staging 2"], /no whole UKI/],
      [
        withoutFlushes(entries, firstIn("esp"), finalizing.until),
        ["staging 2", "finalizing 2"],
        /no whole UKI/,
      ],
      [
        // Not the zeros that the slot begins with until the rest is there.
        withoutEntry(entries, firstIn("slot-b", 64 * 1024)),
        ["finalizing 2", "restarted 2"],
        /does not verify/,
      ],
    ];
    for (const [faulty, only, expected] of wrong) {
      const { faults } = await judge(faulty, {}, { only });
      assert.match(faults.join("\n"), expected);
      tell(`caught: ${faults[0]}`);
    }
  });

  it(`comes up after ${BOOTED.length} of the cuts: ledger, /etc and slots agree`, async () => {
    assert.deepEqual([...left.keys()].toSorted(), BOOTED.toSorted());
    await using served = await serveRepository({ repo: updates.repo, host: "127.0.0.1", port: 0 });
    const queue = BOOTED.flatMap((title) => left.get(title) ?? []);
    // The one that takes longest first.
    queue.sort((a, b) => Number(b.title === GOES_ON) - Number(a.title === GOES_ON));
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const one = next;
        await comesUp(one, served.port).catch((cause: unknown) => {
          throw new Error(`${one.title}: ${describePoint(one.point)}: ${String(cause)}`, { cause });
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  });

  const comesUp = async (one: Left, port: number): Promise<void> => {
    const { title, point, boots } = one;
    const disk = await makeLeftDisk(recorded(), point, at(`${title.replace(" ", "-")}.raw`));
    if (VERIFIED.has(title)) await verifies(disk, one);
    // All have a network, as when they were recorded: a release on probation that does not reach as far as the one before waits, and is found bad in the end.
    const network = title === GOES_ON ? { port } : "closed";
    {
      await using machine = await bootNode(disk, { network });
      await comesUpWhole(machine);
      await agrees(machine, boots);
      tell(`${title}: release ${boots} came up after a ${describePoint(point)}`);
      if (title === GOES_ON) await goesOn(machine);
      await machine.cut();
    }
    await rm(disk);
  };

  /** What was kept up to date write by write against dm-verity's own reckoning. */
  const verifies = async (disk: string, { holds }: Left): Promise<void> => {
    for (const slot of ["a", "b"] as const)
      for (const version of VERSIONS) {
        // Release 1 is never in slot B, nor is release 2 in slot A.
        if ((version === "2") !== (slot === "b")) continue;
        const found = await slotVerifies(disk, slot, roothashes[version]);
        assert.equal(found, holds[slot].includes(version), `release ${version} in slot ${slot}`);
      }
  };

  const agrees = async (machine: MachineSession, version: Version): Promise<void> => {
    const { booted, state, forbidden } = await agentStatus(machine);
    assert.equal(booted.version, version);
    assert.notEqual(state.kind, "held");
    assert.ok(!forbidden.some((one) => one.version === version));
    const files = await outputOf(machine, `cat ${VENDOR_FILE}; echo; cat ${EDITED_FILE}`);
    assert.deepEqual(files.split(/\n+/), [`release ${version}`, EDITED]);
    const history: unknown = JSON.parse(await outputOf(machine, "slipway-agent history --json"));
    if (version !== "1") assert.ok(isFinalized(history, version), JSON.stringify(history));
  };

  /** The node is brought to the newest release. */
  const goesOn = async (machine: MachineSession): Promise<void> => {
    await statusThat(machine, ({ state }) => state.kind === "staged");
    machine.send("slipway-agent update --now");
    await machine.reset(1);
    await comesUpWhole(machine);
    await agrees(machine, "3");
    await statusThat(machine, ({ booted }) => booted.standing === "good");
  };

  after("say nothing of disks that are gone", () => left.clear());
});

const titleOf = ({ moment, version }: Phase<Version>): string => `${moment} ${version}`;

const isBooted = (title: string): boolean => BOOTED.some((one) => one === title);

/** What is kept of a disk that may be booted. */
const leftBy = (title: string, { point, boot, holds }: Judged<Version>): Left => {
  const release = boot.choice?.release;
  assert.ok(release !== undefined, describePoint(point));
  const wholeIn = (slot: "a" | "b") => VERSIONS.filter((version) => holds(slot, version));
  return { title, point, boots: release, holds: { a: wholeIn("a"), b: wholeIn("b") } };
};

const manifestIn = (directory: string): { readonly roothash: string } => {
  const manifest: unknown = JSON.parse(readFileSync(path.join(directory, "manifest.json"), "utf8"));
  assert.ok(typeof manifest === "object" && manifest !== null && "roothash" in manifest);
  assert.ok(typeof manifest.roothash === "string");
  return { roothash: manifest.roothash };
};

const isFinalized = (history: unknown, version: Version): boolean => {
  assert.ok(typeof history === "object" && history !== null && "records" in history);
  assert.ok(Array.isArray(history.records));
  return history.records.some(
    (record: unknown) =>
      typeof record === "object" &&
      record !== null &&
      "kind" in record &&
      record.kind === "finalized" &&
      "release" in record &&
      typeof record.release === "object" &&
      record.release !== null &&
      "version" in record.release &&
      record.release.version === version,
  );
};

const secondsSince = (begin: number): string => ((performance.now() - begin) / 1000).toFixed(1);

const tell = (text: string): void => console.error(`      ${text}`);
