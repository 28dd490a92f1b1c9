/** What a cold build for a foreign architecture costs beside one for the machine's own: in turn, tools and packages cached. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { median } from "./measure/median.ts";
import { measure } from "./measure/measure.ts";

const REPOSITORY = path.join(import.meta.dirname, "..");
/** An aarch64 build's time over that of an x86_64 one, at most. */
const LIMIT = 1.3;
const ARCHITECTURES = ["x86_64", "aarch64"] as const;

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
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
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${options.runs}: from 1 up`);

await mkdir(path.join(REPOSITORY, "cache"), { recursive: true });
const work = await mkdtemp(path.join(REPOSITORY, "cache", "architectures-"));

/** Seconds. `--no-cache` makes every step anew but takes tools and packages from the cache. */
const build = async (architecture: string, name: string): Promise<number> => {
  const { wallSeconds } = await measure({
    argv: [
      ...([path.join(REPOSITORY, "slipway"), "build", path.resolve(options.image)] as const),
      ...["--no-cache", "--arch", architecture, "--cache", options.cache],
      ...["--out", path.join(work, "out"), "--json"],
    ],
    cwd: REPOSITORY,
    env: process.env,
    directory: work,
    name,
  });
  console.error(`architectures: ${name}: ${wallSeconds.toFixed(1)} s`);
  return wallSeconds;
};

try {
  const seconds = { x86_64: [] as number[], aarch64: [] as number[] };
  for (const architecture of ARCHITECTURES)
    await build(architecture, `${architecture}-not-measured`);
  for (let run = 1; run <= runs; run++) {
    for (const architecture of ARCHITECTURES) {
      seconds[architecture].push(await build(architecture, `${architecture}-${run}`));
    }
  }
  if (options.json) console.log(JSON.stringify(seconds, undefined, 2));
  else {
    const [own, foreign] = [median(seconds.x86_64), median(seconds.aarch64)];
    const ratio = foreign / own;
    console.log(
      `${ratio <= LIMIT ? "kept  " : "MISSED"}  cold build: x86_64 ${own.toFixed(1)} s, aarch64 ${foreign.toFixed(1)} s, ` +
        `${ratio.toFixed(2)} times, at most ${LIMIT}`,
    );
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
