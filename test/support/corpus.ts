/** Where the recorded cases of the real programs lie: beside the project, one JSON object a line. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type Context, it } from "mocha";

export const CORPUS: string = join(import.meta.dirname, "../../../shared/corpus");

/** In a test that needs the recorded cases: skips it where they are not, and says so; with CI=true it fails instead. */
export const requireCorpus = (test: Context): void => {
  if (existsSync(CORPUS)) return;
  // What is silently skipped in CI is tested nowhere.
  if (process.env["CI"] === "true") throw new Error(`not on this machine: ${CORPUS}`);
  process.stderr.write(`      skipped: not on this machine: ${CORPUS}\n`);
  test.skip();
};

/** Whether the recorded cases are there; else one test in place of the surrounding suite says so, or fails. */
export const hasCorpus = (): boolean => {
  if (existsSync(CORPUS)) return true;
  it("agrees with the recorded cases", function () {
    requireCorpus(this);
  });
  return false;
};
