import { PackageError } from "./errors.ts";

/**
 * One paragraph of a control file (Debian Policy 5.1). Field names are kept in lower case, for they are compared without
 * regard to case; continuation lines keep their leading white space and are joined by newlines.
 */
export interface ControlParagraph {
  readonly fields: ReadonlyMap<string, string>;
  /** 1-based line of its first field. */
  readonly line: number;
}

/** A status file of a full desktop is about 5 MB; what is larger than this is something else. */
const MAX_TEXT_LENGTH = 64 * 1024 * 1024;

/**
 * Splits a control file into its paragraphs, in order. Comment lines are skipped, as Policy 5.1 allows them in source files
 * and copyright files have them too. Throws `PackageError` at the first line that is neither a field nor a continuation.
 */
export const parseControl = (text: string, source: string): readonly ControlParagraph[] => {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new PackageError(
      "CONTROL_TOO_LARGE",
      { source, line: 1 },
      `is ${text.length} characters long, and a control file has at most ${MAX_TEXT_LENGTH}`,
      "check that this is a package list",
    );
  }
  const paragraphs: ControlParagraph[] = [];
  let fields = new Map<string, string>();
  let firstLine = 1;
  let name: string | undefined;
  let value: string[] = [];

  const endField = (): void => {
    if (name !== undefined) fields.set(name, value.join("\n"));
    name = undefined;
    value = [];
  };
  const endParagraph = (): void => {
    endField();
    if (fields.size > 0) paragraphs.push({ fields, line: firstLine });
    fields = new Map<string, string>();
  };

  let number = 0;
  for (const raw of lines(text)) {
    number++;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      endParagraph();
      continue;
    }
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (name === undefined)
        throw malformed(source, number, "a continuation line follows no field");
      value.push(line);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) throw malformed(source, number, `${quoted(line)} is not a field`);
    endField();
    if (fields.size === 0) firstLine = number;
    name = line.slice(0, colon).trimEnd().toLowerCase();
    if (fields.has(name))
      throw malformed(source, number, `the field ${quoted(name)} is given twice`);
    value.push(line.slice(colon + 1).trim());
  }
  endParagraph();
  return paragraphs;
};

/** Lines without an array of them all: a status file has tens of thousands. */
function* lines(text: string): Generator<string> {
  let start = 0;
  while (start <= text.length) {
    const end = text.indexOf("\n", start);
    if (end === -1) {
      yield text.slice(start);
      return;
    }
    yield text.slice(start, end);
    start = end + 1;
  }
}

const malformed = (source: string, line: number, message: string): PackageError =>
  new PackageError(
    "CONTROL_MALFORMED",
    { source, line },
    message,
    'write fields as "Name: value" and indent the lines that continue them (Debian Policy 5.1)',
  );

const quoted = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
