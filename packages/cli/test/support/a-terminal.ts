/** As much of a terminal as the display relies on: it shows what a person would see. */
export interface TerminalModel {
  write(text: string | Uint8Array): void;
  /** All rows down to the last with anything on it, blank ends cut. */
  lines(): readonly string[];
  /** Sequences that it was told and that are no cursor movement, erasure or colour. */
  readonly modes: readonly string[];
}

export const aTerminal = (columns: number): TerminalModel => {
  const rows: string[][] = [[]];
  const modes: string[] = [];
  let row = 0;
  let column = 0;
  const put = (character: string): void => {
    if (column === columns) {
      row += 1;
      column = 0;
    }
    rows[row] ??= [];
    const line = rows[row] ?? [];
    while (line.length < column) line.push(" ");
    line[column] = character;
    column += 1;
  };
  const obey = (sequence: string): void => {
    // oxlint-disable-next-line no-control-regex -- that is how terminals are spoken to
    const [, count = "", order = ""] = /^\u001b\[(\??\d*)([A-Za-z])$/.exec(sequence) ?? [];
    if (order === "A") row = Math.max(0, row - Number(count));
    else if (order === "K") rows[row]?.splice(column);
    else if (order === "J") {
      rows[row]?.splice(column);
      rows.splice(row + 1);
    } else if (order !== "m") modes.push(sequence);
  };
  return {
    modes,
    write: (text) => {
      // oxlint-disable-next-line no-control-regex -- that is how terminals are spoken to
      for (const part of String(text).match(/\u001b\[[?0-9]*[A-Za-z]|[^\u001b]/gu) ?? []) {
        if (part.startsWith("\u001b")) obey(part);
        else if (part === "\n") {
          row += 1;
          column = 0;
          rows[row] ??= [];
        } else if (part === "\r") column = 0;
        else put(part);
      }
    },
    lines: () => {
      const lines = rows.map((line) => line.join("").trimEnd());
      return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
    },
  };
};
