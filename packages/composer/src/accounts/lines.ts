/** Account databases as lines of fields: bounded and strict, so that nothing odd is carried into an image. */

/** What is wrong with an account database, and where. */
export interface AccountProblem {
  /** As the reader named it, such as `/etc/passwd`. */
  readonly file: string;
  /** 1-based; 0 when it is about the whole file. */
  readonly line: number;
  /** A lower-case fact with its operand in it. */
  readonly message: string;
}

/** Entries that could be read, and everything that is wrong with the file. */
export interface Parsed<T> {
  readonly entries: readonly T[];
  readonly problems: readonly AccountProblem[];
}

interface Fields {
  readonly fields: readonly string[];
  readonly say: (message: string) => void;
}

const MAX_FILE_CHARACTERS = 4 * 1024 * 1024;
const MAX_LINE_CHARACTERS = 64 * 1024;
const MAX_ENTRIES = 65_536;

/** Highest id there is: the one above means "no id" to the kernel. */
export const MAX_ID = 4_294_967_294;

/**
 * Splits a database into lines of exactly `width` fields and reads each; `read` returns undefined for a line that it
 * has said something about.
 */
export const parseLines = <T>(
  file: string,
  text: string,
  width: number,
  read: (line: Fields) => T | undefined,
): Parsed<T> => {
  const problems: AccountProblem[] = [];
  const entries: T[] = [];
  const refuse = (message: string): Parsed<T> => ({
    entries: [],
    problems: [{ file, line: 0, message }],
  });
  if (text.length > MAX_FILE_CHARACTERS) return refuse("is longer than 4 MiB");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length > MAX_ENTRIES) return refuse(`has more than ${MAX_ENTRIES} lines`);

  for (const [index, line] of lines.entries()) {
    const say = (message: string): void => {
      problems.push({ file, line: index + 1, message });
    };
    if (line === "") say("is empty");
    else if (line.length > MAX_LINE_CHARACTERS) say("is longer than 65536 characters");
    else if (hasControlCharacter(line)) say("has a control character in it");
    else {
      const fields = line.split(":");
      if (fields.length !== width) say(`has ${fields.length} fields, not ${width}`);
      else {
        const entry = read({ fields, say });
        if (entry !== undefined) entries.push(entry);
      }
    }
  }
  return { entries, problems };
};

export const formatLines = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join("");

/** Whether a text may stand in a field: no colon, no control character. */
export const isFieldText = (text: string): boolean =>
  !text.includes(":") && !hasControlCharacter(text);

const hasControlCharacter = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
};

/** Whether shadow's tools would take this for the name of a user or a group. */
export const isAccountName = (name: string): boolean =>
  name.length <= 256 &&
  /^[A-Za-z0-9_.][A-Za-z0-9_.-]*\$?$/.test(name) &&
  !/^[0-9]+$/.test(name) &&
  name !== "." &&
  name !== "..";

/** A user or group id in its only spelling, or undefined. */
export const parseId = (text: string): number | undefined => {
  const id = parseCount(text);
  return id === undefined || id > MAX_ID ? undefined : id;
};

/** A number without sign or leading zero, or undefined. */
export const parseCount = (text: string): number | undefined =>
  /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : undefined;

export const parseNames = (text: string): readonly string[] => (text === "" ? [] : text.split(","));

/** Reports names that occur twice; `same` tells copies that do no harm. */
export const duplicateNames = <T extends { readonly name: string }>(
  file: string,
  entries: readonly T[],
  isHarmless: (first: T, second: T) => boolean = () => false,
): readonly AccountProblem[] => {
  const seen = new Map<string, T>();
  const problems: AccountProblem[] = [];
  for (const entry of entries) {
    const first = seen.get(entry.name);
    if (first === undefined) seen.set(entry.name, entry);
    else if (!isHarmless(first, entry)) {
      problems.push({
        file,
        line: 0,
        message: `has two entries for ${JSON.stringify(entry.name)}`,
      });
    }
  }
  return problems;
};
