/** What every refusal of the command has: a status, a code, the cause and the remedy; and what it leaves alone. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import type { Outcome } from "./release.ts";

export interface Refusal {
  readonly status: 1 | 2 | 3 | 75;
  readonly code: string;
  /** What the lines between the code and the hint say. */
  readonly cause: RegExp | readonly RegExp[];
  readonly remedy: RegExp;
}

/** Fails with all that the command said unless it refused in just this way. */
export const refused = (outcome: Outcome, expected: Refusal): Outcome => {
  const { status, stdout, stderr } = outcome;
  assert.equal(status, expected.status, `status ${status}\n${stdout}\n${stderr}`);
  assert.equal(stdout, "", "data on standard output, although it failed");
  const report = /^error \[([A-Z_]+)\]: ([^]*?)^hint: ([^]*)$/m.exec(stderr);
  assert.ok(report !== null, `no error with a hint:\n${stderr}`);
  const [, code, cause = "", hint = ""] = report;
  assert.equal(code, expected.code, stderr);
  for (const pattern of [expected.cause].flat()) assert.match(cause, pattern);
  assert.match(hint, expected.remedy);
  // A place in our own source is of no use to a person who wrote a wrong line.
  assert.doesNotMatch(stderr, /^\s+at .*\.ts:\d+/m);
  return outcome;
};

/** Files beyond this size are compared by size and time alone. */
const HASHED_BYTES = 4 * 1024 * 1024;

/** Every path below a directory with all that a program could have changed of it, sorted. Follows no links. */
export const stateOf = (directory: string): readonly string[] => {
  const state: string[] = [];
  const walk = (inside: string): void => {
    for (const entry of readdirSync(path.join(directory, inside), { withFileTypes: true })) {
      const name = path.join(inside, entry.name);
      const file = path.join(directory, name);
      const { mode, uid, gid, size, mtimeMs } = lstatSync(file);
      const contents = entry.isSymbolicLink()
        ? readlinkSync(file)
        : entry.isFile() && size <= HASHED_BYTES
          ? createHash("sha256").update(readFileSync(file)).digest("hex")
          : "";
      const facts = entry.isDirectory() ? [] : [size, mtimeMs];
      state.push([name, mode.toString(8), uid, gid, ...facts, contents].join(" "));
      if (entry.isDirectory()) walk(name);
    }
  };
  walk("");
  return state.toSorted();
};

/** Fails with what differs between two states of a directory. */
export const sameState = (after: readonly string[], before: readonly string[]): void => {
  const [old, now] = [new Set(before), new Set(after)];
  const changes = [
    ...before
      .filter((line) => !now.has(line))
      .map((line) => `- ${line}`)
      .slice(0, 10),
    ...after
      .filter((line) => !old.has(line))
      .map((line) => `+ ${line}`)
      .slice(0, 10),
  ];
  assert.deepEqual(changes, []);
};

/** Fails unless `work` leaves everything below the directories as it was. */
export const leavesAlone = async <T>(
  directories: readonly string[],
  work: () => Promise<T>,
): Promise<T> => {
  const before = directories.map(stateOf);
  const result = await work();
  for (const [index, directory] of directories.entries()) {
    sameState(stateOf(directory), before[index] ?? []);
  }
  return result;
};
