/** Setting text in columns and paragraphs. Pure. */

/** Wide enough for everything, narrow enough for half a screen. */
export const HELP_COLUMNS = 88;

/** The text in lines of at most `columns`, words kept whole. */
export const wrap = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

/** Two columns, the second wrapped; an overlong first one gets a line of its own. */
export const twoColumns = (
  rows: readonly (readonly [string, string])[],
  columns: number = HELP_COLUMNS,
): readonly string[] => {
  const WIDEST = 24;
  const left = Math.min(WIDEST, Math.max(0, ...rows.map(([name]) => name.length)));
  return rows.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrap(text, columns - left - 4);
    const below = rest.map((line) => `${" ".repeat(left + 4)}${line}`);
    return name.length > left
      ? [`  ${name}`, `${" ".repeat(left + 4)}${first}`, ...below]
      : [`  ${name.padEnd(left)}  ${first}`.trimEnd(), ...below];
  });
};
