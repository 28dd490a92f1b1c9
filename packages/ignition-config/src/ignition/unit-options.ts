/** The assignments of a unit or Quadlet file, as systemd reads them (systemd.syntax(7)). */

export interface UnitOption {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** The first of its lines as it was written. */
  readonly line: string;
}

/** In order, continued lines joined by a blank. What is no assignment is skipped: other rules speak of it. */
export const unitOptions = (text: string): readonly UnitOption[] => {
  const options: UnitOption[] = [];
  let section = "";
  let parts: string[] = [];
  let first = "";
  const finish = (): void => {
    const whole = parts.join(" ");
    parts = [];
    const equals = whole.indexOf("=");
    if (equals < 0) return;
    const name = whole.slice(0, equals).trim();
    options.push({ section, name, value: whole.slice(equals + 1).trim(), line: first });
  };
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    // A comment between the lines of a value does not end it.
    if (line.startsWith("#") || line.startsWith(";")) continue;
    if (parts.length === 0) {
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.slice(1, -1);
        continue;
      }
      first = line;
    }
    if (line.endsWith("\\")) parts.push(line.slice(0, -1));
    else {
      parts.push(line);
      finish();
    }
  }
  if (parts.length > 0) finish();
  return options;
};
