/** Why a release did not come up, as far as it left anything to read. */
import type { Verdict } from "@slipway/release";
import type { Places } from "../health/ports.ts";
import type { Evidence } from "../ledger/entry.ts";
import type { ReleaseRef } from "../machine/release.ts";
import { readVerdict, slotVerdict } from "./kept-verdict.ts";
import { readPanic } from "./panic.ts";

/** What the ledger takes of lines. */
const MOST_LINES = 40;
const MOST_CHARACTERS = 7000;

/** The first lines that fit. */
const fitting = (lines: readonly string[]): readonly string[] => {
  let room = MOST_CHARACTERS;
  return lines.slice(0, MOST_LINES).filter((line) => {
    room -= line.length;
    return room >= 0;
  });
};

/** For each check that did not pass, and each unit that failed, what it said at last. */
const OUTPUT_LINES = 6;

const quoted = (lines: readonly string[]): readonly string[] =>
  lines.slice(-OUTPUT_LINES).map((line) => `| ${line}`);

/** A verdict as lines of the ledger: what decided first. */
export const evidenceOf = ({ checks, failedUnits }: Verdict): Evidence => ({
  source: "verdict",
  lines: fitting([
    ...checks.flatMap(({ name, level, outcome, tries, seen, output }) =>
      outcome === "passed"
        ? []
        : [`${outcome} (${level}, ${tries} tries) ${name}: ${seen}`, ...quoted(output)],
    ),
    ...failedUnits.flatMap(({ unit, journal }) => [`failed unit ${unit}:`, ...quoted(journal)]),
  ]),
});

/**
 * Why that release did not come up: the verdict that found it bad, else what its kernel left when it panicked. Nothing where neither is there. `sinceMs`:
 * what a panic left is moved to /var in the boot after it, so what is older than this boot (milliseconds since 1970) is of another one.
 */
export const findEvidence = async (
  places: Places,
  release: ReleaseRef,
  { sinceMs }: { readonly sinceMs: number },
): Promise<Evidence | undefined> => {
  for (const slot of ["a", "b"] as const) {
    const verdict = await readVerdict(places, slotVerdict(slot));
    if (verdict?.roothash === release.roothash && verdict.verdict === "bad")
      return evidenceOf(verdict);
  }
  const lines = await readPanic(places, { sinceMs, roothash: release.roothash });
  return lines.length === 0 ? undefined : { source: "panic", lines };
};
