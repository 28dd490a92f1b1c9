/**
 * Canonical JSON as TUF signs it (the form of OLPC): no white space, members in order of their names, whole numbers only. One value has
 * one text, so a digest of the text is a digest of the value. Where that form leaves JSON (it does not escape control characters) nothing is
 * encoded: what Slipway publishes is always JSON as well.
 */
import type { Finding, Decoded } from "./finding.ts";

/** Deeper than any document of Slipway, shallow enough for any stack. */
const MAX_DEPTH = 32;

/** Why a value has no canonical form. */
class NoCanonicalForm extends Error {
  override readonly name = "NoCanonicalForm";
}

// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNWRITABLE = /[\u0000-\u001f\u007f]/;

const encodeString = (text: string): string => {
  if (UNWRITABLE.test(text) || !text.isWellFormed())
    throw new NoCanonicalForm(
      `${JSON.stringify(text)} holds a control character or half a character`,
    );
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
};

const encodeName = (name: string): string => {
  // Beyond ASCII the languages that check signatures sort names differently.
  if (!/^[ -~]*$/.test(name))
    throw new NoCanonicalForm(`the name ${JSON.stringify(name)} is not ASCII`);
  return encodeString(name);
};

const encodeUnknown = (value: unknown, depth: number): string => {
  if (depth > MAX_DEPTH) throw new NoCanonicalForm(`it is nested more than ${MAX_DEPTH} deep`);
  if (typeof value === "string") return encodeString(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0))
      throw new NoCanonicalForm(`${value} is no whole number that survives every reader`);
    return String(value);
  }
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => encodeUnknown(item, depth + 1)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${encodeName(name)}:${encodeUnknown(member, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  throw new NoCanonicalForm(`a ${typeof value} is no JSON`);
};

/**
 * The one text of a value. Members that are undefined are left out.
 * @throws where the value has no canonical form: fractions, control characters, names beyond ASCII. Documents that were decoded have one.
 */
export const encodeCanonical = (value: object): string => encodeUnknown(value, 0);

const refuse = (rule: Finding["rule"], message: string, hint: string): Decoded<never> => ({
  ok: false,
  findings: [{ level: "error", rule, message, hint, path: [] }],
});

/**
 * The value of a canonical text of at most `maxBytes`. Any other text is refused, even where it is JSON: a name that occurs twice, a number
 * with a fraction, another encoding of the same value all show in that the value does not give the text back.
 */
export const parseCanonical = (
  bytes: Uint8Array,
  { maxBytes, what }: { readonly maxBytes: number; readonly what: string },
): Decoded<unknown> => {
  if (bytes.length > maxBytes)
    return refuse(
      "too-large",
      `${what} has ${bytes.length} bytes, more than ${maxBytes}`,
      "publish it anew with fewer entries",
    );
  const again = `publish it again, and do not edit published files by hand`;
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return refuse("not-json", `${what} is not JSON: ${reason}`, again);
  }
  try {
    if (encodeUnknown(value, 0) === text) return { ok: true, value };
    return refuse("not-canonical", `${what} is not in canonical form`, again);
  } catch (cause) {
    if (!(cause instanceof NoCanonicalForm)) throw cause;
    return refuse("not-canonical", `${what} is not in canonical form: ${cause.message}`, again);
  }
};
