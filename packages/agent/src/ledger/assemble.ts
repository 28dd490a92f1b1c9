/** What the files of a ledger say together. Pure. */
import { LEDGER_SCHEMA } from "./carried.ts";
import type { LedgerRecord } from "./entry.ts";
import { fold, NOTHING_YET, type Standing } from "./fold.ts";
import type { Line } from "./line.ts";
import { NO_LINE } from "./line.ts";
import type { LedgerFile } from "./read-file.ts";
import type { LedgerView } from "./view.ts";

/** A file of the ledger, with its name. */
export interface NamedFile<Name extends string> {
  readonly name: Name;
  readonly sizeBytes: number;
  readonly file: LedgerFile;
}

export interface Assembled<Name extends string> {
  readonly view: LedgerView;
  readonly standing: Standing;
  /** The file that the last line is in; nothing where there is no line. */
  readonly active: NamedFile<Name> | undefined;
  readonly lastSeq: number;
  readonly lastSum: string;
  /** A newer agent wrote here, and had a reason to say so. */
  readonly newerSchema: number | undefined;
}

const firstSeq = ({ file }: NamedFile<string>): number => file.lines[0]?.seq ?? 0;

const standingAfter = (lines: readonly Line[]): Standing => {
  let standing = NOTHING_YET;
  for (const { content } of lines)
    if (content?.kind === "carried") standing = content.standing;
    else if (content !== undefined) standing = fold(standing, content);
  return standing;
};

const recordsOf = (lines: readonly Line[]): readonly LedgerRecord[] =>
  lines.flatMap(({ content }) =>
    content === undefined || content.kind === "carried" ? [] : [content],
  );

/** A file whose very first write was cut looks so too, for as long as nothing else was written. */
const unreadable = ({ name, sizeBytes, file }: NamedFile<string>): readonly string[] =>
  sizeBytes > 0 && file.lines.length === 0 ? [`nothing in ${name} can be read`] : [];

export const assemble = <Name extends string>(
  files: readonly NamedFile<Name>[],
): Assembled<Name> => {
  const inOrder = files.toSorted((a, b) => firstSeq(a) - firstSeq(b));
  const lines = inOrder.flatMap(({ file }) => file.lines);
  const standing = standingAfter(lines);
  const last = lines.at(-1);
  const schemas = lines.flatMap(({ content }) =>
    content?.kind === "carried" ? [content.schema] : [],
  );
  const newest = Math.max(0, ...schemas);
  return {
    standing,
    view: {
      ...standing,
      history: recordsOf(lines).toReversed(),
      damage: inOrder.flatMap((named) => [...unreadable(named), ...named.file.damage]),
    },
    active: inOrder.findLast(({ file }) => file.lines.length > 0),
    lastSeq: last?.seq ?? 0,
    lastSum: last?.sum ?? NO_LINE,
    newerSchema: newest > LEDGER_SCHEMA ? newest : undefined,
  };
};
