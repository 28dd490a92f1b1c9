/**
 * Runs the tests of `./slipway test` in two lanes beside each other, one for each of two processors. Everything that needs no machine is one run of
 * mocha; each file that boots machines is a run of its own, and whichever lane is free takes the next. A run with two machines at work has both lanes:
 * guests of which each waits for a processor that another has are slower than they would be one after the other.
 *
 * CI has ninety minutes, and computers that are half as fast on some days as on others. After SLIPWAY_TEST_MINUTES (in CI 60, elsewhere without
 * end) no further run is begun: what is left out is named, and counted as skipped. Another file comes first each day, so that none is always left out.
 *
 * What a run said is shown when it has ended, as a whole; what failed is told once more at the end. The last line counts them all.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { finished } from "node:stream/promises";

const REPOSITORY = path.join(import.meta.dirname, "..");

/** A guest that waits for its turn too long is reset by its watchdog, or gives up what it waits for. */
const LANES = 2;

const TOOLS = ["packages/*/test/**/*.spec.ts", "test/*.spec.ts", "test/integration/**/*.spec.ts"];
const MACHINES = "test/e2e/**/*.spec.ts";

/** Of the suites, what runs without machines. The long runs compute, for the most part. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  ci: TOOLS,
  all: [...TOOLS, "test/long/**/*.spec.ts"],
};

/** Never left out: what the agent is for. It is the longest too, and could not be begun late. */
const FIRST = "test/e2e/agent-story.spec.ts";
/** Those that have two machines at work at once, and so both lanes. */
const TWO_MACHINES: ReadonlySet<string> = new Set([FIRST, "test/e2e/failures-power-cut.spec.ts"]);

/** Never left out either. */
const NO_MACHINE = "all that needs no machine";

/** What is begun by then has ended after ninety, on a slow day too. */
const CI_MINUTES = 60;
/** Without a common divisor with the number of files each comes first after as many days. */
const FILES_A_DAY = 7;

const CLOSING_LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

interface Run {
  readonly name: string;
  readonly files: readonly string[];
  readonly lanes: 1 | 2;
}

interface Ended {
  readonly name: string;
  readonly status: number;
  readonly said: string;
  /** Passed, failed, skipped; undefined where mocha did not come to its end. */
  readonly counts: readonly number[] | undefined;
}

/** In the order of the day. */
const planOf = (tools: readonly string[], day: number): Run[] => {
  const files = globSync(MACHINES, { cwd: REPOSITORY })
    .toSorted()
    .filter((file) => file !== FIRST);
  const turn = (day * FILES_A_DAY) % files.length;
  const withMachines = (file: string): Run => ({
    name: file,
    files: [file],
    lanes: TWO_MACHINES.has(file) ? 2 : 1,
  });
  return [
    withMachines(FIRST),
    { name: NO_MACHINE, files: tools, lanes: 1 },
    ...[...files.slice(turn), ...files.slice(0, turn)].map(withMachines),
  ];
};

/** Whether it would not be over in time, begun so many milliseconds after the first. */
const isTooLate = ({ name: run }: Run, sinceMs: number, budgetMs: number): boolean =>
  run !== NO_MACHINE && sinceMs >= budgetMs;

/** How many minutes long runs are begun. */
const minutesFor = (suite: string): number => {
  const given = process.env["SLIPWAY_TEST_MINUTES"];
  if (given === undefined)
    return suite === "ci" && process.env["CI"] === "true" ? CI_MINUTES : Infinity;
  if (!/^\d{1,5}$/.test(given))
    throw new Error(`SLIPWAY_TEST_MINUTES=${given}: a number of minutes, from 0 on`);
  return Number(given);
};

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const minutes = (milliseconds: number): string => `${(milliseconds / 60_000).toFixed(1)} min`;

/** Runs mocha, and shows what it said when it has ended. */
const carryOut = async ({ name, files }: Run, options: readonly string[]): Promise<Ended> => {
  say(`test: ${name}: started`);
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [path.join(REPOSITORY, "node_modules/mocha/bin/mocha.js"), ...files, ...options],
    { cwd: REPOSITORY, stdio: ["ignore", "pipe", "pipe"] },
  );
  const end = (signal: NodeJS.Signals): boolean => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, end);
  // In the order of their arrival, whichever of the two they came by.
  const said: string[] = [];
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.push(text);
    out = (out + text).slice(-CLOSING_ROOM);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  for (const signal of SIGNALS) process.off(signal, end);
  const text = said.join("");
  say(`${text}\ntest: ${name}: ended after ${minutes(performance.now() - begin)}`);
  const last = out.split("\n").findLast((line) => line.trim() !== "") ?? "";
  return { name, status, said: text, counts: CLOSING_LINE.exec(last)?.slice(1).map(Number) };
};

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Of the end of what was said, in characters: enough for the closing line, and of a run that died. */
const CLOSING_ROOM = 1024;
const LAST_WORDS = 4096;

const [name = "", ...given] = process.argv.slice(2);
const tools = SUITES[name];
if (tools === undefined) throw new Error(`no suite '${name}': ${Object.keys(SUITES).join(" or ")}`);
// `node --run` hands its own separator on.
const options = given[0] === "--" ? given.slice(1) : given;

if (name === "all") process.env["SLIPWAY_THOROUGH"] = "1";
const waiting = planOf(tools, Math.floor(Date.now() / 86_400_000));
const begun = performance.now();
const budgetMs = minutesFor(name) * 60_000;
const ended: Ended[] = [];
const leftOut: Run[] = [];
const planned = waiting.length;
for (const signal of SIGNALS) process.on(signal, () => waiting.splice(0));
let taken = 0;
let ends = Promise.withResolvers<void>();
/** In their order: one that needs both lanes would otherwise wait for ever. What is too late by now keeps nobody waiting. */
const next = (): Run | undefined => {
  const inTime = waiting.findIndex((run) => !isTooLate(run, performance.now() - begun, budgetMs));
  leftOut.push(...waiting.splice(0, inTime < 0 ? waiting.length : inTime));
  return taken + (waiting[0]?.lanes ?? 0) <= LANES ? waiting.shift() : undefined;
};
const lane = async (): Promise<void> => {
  while (waiting.length > 0) {
    const run = next();
    if (run === undefined) {
      if (waiting.length > 0) await ends.promise;
    } else {
      taken += run.lanes;
      ended.push(await carryOut(run, options));
      taken -= run.lanes;
      ends.resolve();
      ends = Promise.withResolvers();
    }
  }
};
await Promise.all(Array.from({ length: LANES }, lane));

/** From mocha's count of failures on, or as much of the end as says what happened. */
const failures = (said: string): string => {
  const summary = said.search(/^ +\d+ failing$/m);
  return summary < 0 ? said.slice(-LAST_WORDS) : said.slice(summary);
};

for (const { name: failed, said } of ended.filter(({ status }) => status !== 0))
  say(`\ntest: ${failed}: failed\n${failures(said)}`);
const sum = (index: number): number =>
  ended.reduce((total, { counts }) => total + (counts?.[index] ?? 0), 0);
// A process that died without a count has failed, whatever it had counted.
const dead = ended.filter(({ counts }) => counts === undefined).length;
const isWhole = ended.length > 0 && ended.length + leftOut.length === planned;
const isGreen = isWhole && dead === 0 && ended.every(({ status }) => status === 0);
process.exitCode = isGreen ? 0 : 1;
for (const { name: file } of leftOut)
  say(
    `test: ${file}: left out, since it would have been begun too late for ${budgetMs / 60_000} minutes (SLIPWAY_TEST_MINUTES)`,
  );
say(`\n${sum(0)} passed, ${sum(1) + dead} failed, ${sum(2) + leftOut.length} skipped`);
await finished(process.stdout.end()).catch(() => undefined);
