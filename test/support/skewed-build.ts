/**
 * A program: builds a definition as on another day. Every tool in the sandbox sees a clock that is a year ahead
 * (libfaketime), and so do we. Arguments: definition, output, cache, libfaketime.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { buildReleases, silentProgress } from "@slipway/composer";
import { type Clock, type Command, type Exec, linuxClock, linuxExec } from "@slipway/host";
import { loadDefinition } from "@slipway/ignition-config";
import { definitionIo } from "./definition-io.ts";

const [definitionFile, out, cache, library] = process.argv.slice(2);
assert.ok(definitionFile !== undefined && out !== undefined);
assert.ok(cache !== undefined && library !== undefined);

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

const clock: Clock = { ...linuxClock, now: () => new Date(linuxClock.now().getTime() + YEAR_MS) };

/** Programs outside the sandbox keep their time: apt would refuse the archive's indexes as expired. */
const skewed = (command: Command): Command => {
  const [program, ...args] = command.argv;
  const end = args.indexOf("--");
  // Only sandboxes have an environment of their own; what runs on the host itself has the host's.
  if (end < 0 || !args.includes("--clearenv")) return command;
  const clockOptions = [
    ...["--ro-bind", library, "/faketime.so", "--setenv", "LD_PRELOAD", "/faketime.so"],
    // It counts by process id in shared memory, and every sandbox has the same ids.
    ...["--tmpfs", "/dev/shm"],
    ...["--setenv", "FAKETIME", "+365d", "--setenv", "FAKETIME_DONT_FAKE_MONOTONIC", "1"],
  ];
  return { ...command, argv: [program, ...args.toSpliced(end, 0, ...clockOptions)] };
};

const exec: Exec = { run: (command, options) => linuxExec.run(skewed(command), options) };

const { definition, report } = await loadDefinition(definitionFile, definitionIo);
assert.ok(definition !== undefined, JSON.stringify(report.findings));
await buildReleases({
  definitionFile,
  definition,
  architectures: definition.image.architectures,
  out,
  cache,
  locked: false,
  noCache: true,
  exec,
  clock,
  progress: silentProgress,
});
