/** Prints how many recorded cases of Ignition's applying come out equal: the second half of `npm run conformance`. */
import { AssertionError } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runApplyCase } from "./apply-case.ts";
import { APPLY_FILES, type ApplyCase, NEEDS, readApplyCases } from "./apply-corpus.ts";
import { serveRecorded } from "./recorded-server.ts";

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(27) : String(cell).padStart(9))).join(" | ")} |\n`;

const write = (text: string): void => {
  process.stdout.write(text);
};

const scratch = mkdtempSync(join(tmpdir(), "slipway-conformance-"));
await using server = await serveRecorded();

/** What differs, on one line; undefined for nothing. */
const differenceOf = async (one: ApplyCase, place: string): Promise<string | undefined> => {
  mkdirSync(place);
  try {
    await runApplyCase(one, { scratch: place, server: server.address });
    return undefined;
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return error.message.split("\n").join(" ").slice(0, 500);
  } finally {
    rmSync(place, { recursive: true });
  }
};

const deviations: string[] = [];
write(row(["file", "cases", "equal", "deviating", ...NEEDS.map((need) => `needs ${need}`)]));
write(row(["---", "---", "---", "---", ...NEEDS.map(() => "---")]));
for (const file of APPLY_FILES) {
  const cases = readApplyCases(file);
  const run = cases.filter(({ needs }) => needs === undefined);
  let equal = 0;
  for (const [index, one] of run.entries()) {
    const difference = await differenceOf(one, join(scratch, String(index)));
    if (difference === undefined) equal += 1;
    else deviations.push(`${file} ${one.id}\n  ${difference}`);
  }
  const skipped = NEEDS.map((need) => cases.filter(({ needs }) => needs === need).length);
  write(row([file, cases.length, equal, run.length - equal, ...skipped]));
}
for (const one of deviations) write(`\n${one}\n`);
rmSync(scratch, { recursive: true, force: true });
