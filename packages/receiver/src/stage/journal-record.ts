/** One line of a journal. */
export type JournalRecord =
  | {
      readonly kind: "begin";
      readonly schema: number;
      readonly nonce: string;
      readonly release: string;
      readonly target: string;
    }
  | {
      readonly kind: "fetched";
      readonly file: string;
      readonly length: number;
      readonly sources: readonly string[];
    }
  | { readonly kind: "unfit"; readonly file: string; readonly reason: string }
  | { readonly kind: "forgiven" };

export const encodeRecord = (record: JournalRecord): string => JSON.stringify(record);

/** The record of a line that is whole and follows what came before it; undefined for any other line. */
export const parseRecord = (
  line: string,
  before: string,
  checkOf: (before: string, text: string) => string,
): JournalRecord | undefined => {
  const space = line.indexOf(" ");
  const text = line.slice(space + 1);
  if (space === -1 || checkOf(before, text) !== line.slice(0, space)) return undefined;
  return decodeRecord(parseJson(text));
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A record as this version knows it. One that only a later version knows ends what this one reads. */
const decodeRecord = (value: unknown): JournalRecord | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const field = (name: string): unknown => Object.entries(value).find(([key]) => key === name)?.[1];
  const kind = field("kind");
  const [file, length, sources] = [field("file"), field("length"), field("sources")];
  switch (kind) {
    case "begin": {
      const [schema, nonce] = [field("schema"), field("nonce")];
      const [release, target] = [field("release"), field("target")];
      return isCount(schema) && isText(nonce) && isText(release) && isText(target)
        ? { kind, schema, nonce, release, target }
        : undefined;
    }
    case "fetched":
      return isText(file) && isCount(length) && Array.isArray(sources) && sources.every(isText)
        ? { kind, file, length, sources }
        : undefined;
    case "unfit": {
      const reason = field("reason");
      return isText(file) && isText(reason) ? { kind, file, reason } : undefined;
    }
    case "forgiven":
      return { kind };
    default:
      return undefined;
  }
};

const isText = (value: unknown): value is string => typeof value === "string";

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
