/** Gathers what is to be said while documents are read, and makes the sorted report of it. */
import { type Mark, rangeOf } from "../text/source-text.ts";
import type { Finding, Level, Path, Report } from "./finding.ts";
import { levelOf, type Violation } from "./violation.ts";

/** A violation and where it is; its line and column are worked out only if it is shown. */
export interface Note {
  readonly violation: Violation;
  readonly path: Path;
  readonly at?: Mark;
}

/** Where to put notes. */
export type Sink = (note: Note) => void;

/** The notes so far. */
export interface Notes {
  readonly add: Sink;
  /** `files` in the order in which the report is to list them. */
  readonly report: (files: readonly string[]) => Report;
}

/** A hostile document can break a rule a million times; more than these are only counted. */
const KEPT_NOTES = 10_000;
/** Nobody reads more. */
const SHOWN_FINDINGS = 200;

const WORST: readonly Level[] = ["info", "warning", "error"];

const toFinding = ({ violation, path, at }: Note): Finding => {
  const { rule, message, hint } = violation;
  return {
    level: levelOf(violation),
    rule,
    message,
    ...(hint === undefined ? {} : { hint: typeof hint === "string" ? hint : hint() }),
    path,
    ...(at === undefined ? {} : { range: rangeOf(at) }),
  };
};

const compareText = (left: string, right: string): number =>
  left === right ? 0 : left < right ? -1 : 1;

/** By document, then by position; findings without a position come first, they are about the whole document. */
const compareNotes =
  (order: ReadonlyMap<string, number>) =>
  (left: Note, right: Note): number => {
    const rank = ({ at }: Note): number =>
      at === undefined ? -1 : (order.get(at.source.file) ?? 0);
    return (
      rank(left) - rank(right) ||
      (left.at?.start ?? 0) - (right.at?.start ?? 0) ||
      (left.at?.end ?? 0) - (right.at?.end ?? 0) ||
      compareText(left.violation.rule, right.violation.rule) ||
      compareText(left.violation.message, right.violation.message)
    );
  };

const isSame = (left: Note, right: Note): boolean =>
  left.violation.rule === right.violation.rule &&
  left.violation.message === right.violation.message &&
  left.at?.source === right.at?.source &&
  left.at?.start === right.at?.start &&
  left.at?.end === right.at?.end;

const worstLevel = (notes: readonly Note[], start: Level): Level =>
  notes.reduce<Level>((worst, { violation }) => {
    const level = levelOf(violation);
    return WORST.indexOf(level) > WORST.indexOf(worst) ? level : worst;
  }, start);

/** An empty gathering. */
export const gatherNotes = (): Notes => {
  const kept: Note[] = [];
  let uncounted = 0;
  let worstUnkept: Level = "info";

  const add: Sink = (note) => {
    if (kept.length < KEPT_NOTES) {
      kept.push(note);
      return;
    }
    uncounted += 1;
    worstUnkept = worstLevel([note], worstUnkept);
  };

  const report = (files: readonly string[]): Report => {
    const order = new Map(files.map((file, index) => [file, index]));
    const sorted = kept.toSorted(compareNotes(order));
    // An item reached through two aliases breaks its rules twice at one place.
    const distinct = sorted.filter((note, index) => {
      const before = sorted[index - 1];
      return before === undefined || !isSame(before, note);
    });
    const shown = distinct.slice(0, SHOWN_FINDINGS).map(toFinding);
    const rest = distinct.slice(SHOWN_FINDINGS);
    const left = rest.length + uncounted;
    if (left === 0) return { findings: shown };
    // The last finding stands for all that are not shown, so it must not be milder than they are.
    const more: Finding = {
      level: worstLevel(rest, worstUnkept),
      rule: "too-many-findings",
      message: `${left} more findings are not shown`,
      path: [],
    };
    return { findings: [...shown, more] };
  };

  return { add, report };
};
