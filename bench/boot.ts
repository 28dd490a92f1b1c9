/**
 * How long a node takes from the start of its kernel to multi-user.target: on its first boot, on its second, and a bare system of
 * the same packages, kernel, initrd, loader and config on its second. In QEMU, in turn, medians.
 */
import { mkdir, mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { buildReleases, silentProgress } from "@slipway/composer";
import { composeBareSystem, startMachine, type TestMachine } from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { readDefinition } from "./compose/subject.ts";
import { median } from "./measure/median.ts";

const REPOSITORY = path.join(import.meta.dirname, "..");
const ROOM_FOR_VAR = 2 ** 30;

/** Seconds, and what a first boot and a bare system may cost at most: the second boot's share of them. */
const LIMITS = {
  x86_64: { second: 45, overBare: 1.25, firstOverSecond: 1.6 },
  aarch64: { second: 75, overBare: 1.25, firstOverSecond: 1.6 },
} as const;

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    arch: { type: "string", multiple: true, default: ["x86_64", "aarch64"] },
    image: { type: "string", default: path.join(REPOSITORY, "images/base.yaml") },
    cache: {
      type: "string",
      default: path.join(
        process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"),
        "slipway",
      ),
    },
    json: { type: "boolean", default: false },
  },
});

const say = (text: string): void => console.error(`boot: ${text}`);

const house = { exec: linuxExec, clock: linuxClock, cache: options.cache };

/** The first boot of a bare system, which has no keys for ssh yet: the later ones are to have nothing that fails. */
const settle = async (machine: TestMachine): Promise<void> => {
  await using session = await startMachine(house, machine);
  await session.up();
  await session.run("ssh-keygen -A && sync");
  await session.powerOff();
};

/** Boots, asks when multi-user.target was reached, powers off. Seconds since the kernel started. */
const bootOnce = async (machine: TestMachine): Promise<number> => {
  await using session = await startMachine(house, machine);
  const { state } = await session.up();
  const { stdout } = await session.run(
    "systemctl show --property=ActiveEnterTimestampMonotonic --value multi-user.target; systemctl --failed --no-legend",
  );
  await session.powerOff();
  if (state !== "running") throw new Error(`the system is ${state}: ${stdout}`);
  const microseconds = Number(stdout);
  if (!(microseconds > 0)) throw new Error(`multi-user.target was not reached: ${stdout}`);
  return microseconds / 1e6;
};

interface Row {
  readonly arch: Architecture;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly bare: readonly number[];
}

const measure = async (architecture: Architecture, runs: number, work: string): Promise<Row> => {
  const definitionFile = path.resolve(options.image);
  const definition = await readDefinition(definitionFile);
  const session = {
    definitionFile,
    definition,
    architectures: [architecture],
    cache: options.cache,
    exec: linuxExec,
    clock: linuxClock,
    progress: silentProgress,
  };
  say(`building ${architecture}`);
  const [release] = await buildReleases({
    ...session,
    out: path.join(work, "out"),
    locked: false,
    noCache: false,
  });
  if (release === undefined) throw new Error(`no release for ${architecture}`);
  const bareDirectory = await mkdtemp(path.join(work, "bare-"));
  const bare = await composeBareSystem(session, architecture, bareDirectory);
  const bareMachine: TestMachine = { architecture, disks: [{ file: bare }] };
  say(`${architecture}, bare: first boot, not measured`);
  await settle(bareMachine);
  const row = { first: [] as number[], second: [] as number[], bare: [] as number[] };
  for (let run = 1; run <= runs; run++) {
    const disk = path.join(work, "node.raw");
    await copySparse(path.join(release.directory, "disk.raw"), disk);
    const ours: TestMachine = { architecture, disks: [{ file: disk }] };
    row.first.push(await bootOnce(ours));
    row.second.push(await bootOnce(ours));
    row.bare.push(await bootOnce(bareMachine));
    say(
      `${architecture}, run ${run}: first ${row.first.at(-1)?.toFixed(1)} s, second ${row.second.at(-1)?.toFixed(1)} s, bare ${row.bare.at(-1)?.toFixed(1)} s`,
    );
  }
  return { arch: architecture, ...row };
};

const copySparse = async (from: string, to: string): Promise<void> => {
  await linuxExec.run({ argv: ["cp", "--sparse=always", from, to], purpose: "copying a disk" });
  await truncate(to, (await stat(from)).size + ROOM_FOR_VAR);
};

const judge = ({ arch, first, second, bare }: Row): readonly (readonly [boolean, string])[] => {
  const limits = LIMITS[arch];
  const [a, b, c] = [median(first), median(second), median(bare)];
  // What was measured in turn is compared in turn: a computer is faster in one minute than in the next.
  const ratios = (over: readonly number[], under: readonly number[]): number =>
    median(over.map((seconds, run) => seconds / (under[run] ?? Number.NaN)));
  const [overBare, firstOverSecond] = [ratios(second, bare), ratios(first, second)];
  return [
    [b <= limits.second, `${arch}: second boot ${b.toFixed(1)} s, at most ${limits.second}`],
    [
      overBare <= limits.overBare,
      `${arch}: second boot ${overBare.toFixed(2)} times a bare system's ${c.toFixed(1)} s, at most ${limits.overBare}`,
    ],
    [
      firstOverSecond <= limits.firstOverSecond,
      `${arch}: first boot ${a.toFixed(1)} s, ${firstOverSecond.toFixed(2)} times the second, at most ${limits.firstOverSecond}`,
    ],
  ];
};

const architectures = options.arch.map((name): Architecture => {
  if (name !== "x86_64" && name !== "aarch64") throw new Error(`--arch ${name}: x86_64 or aarch64`);
  return name;
});
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${options.runs}: from 1 up`);
await mkdir(path.join(REPOSITORY, "cache"), { recursive: true });
const work = await mkdtemp(path.join(REPOSITORY, "cache", "boot-"));
try {
  const rows: Row[] = [];
  for (const architecture of architectures) rows.push(await measure(architecture, runs, work));
  if (options.json) console.log(JSON.stringify(rows, undefined, 2));
  else {
    for (const [isKept, text] of rows.flatMap(judge))
      console.log(`${isKept ? "kept  " : "MISSED"}  ${text}`);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
