/** What yaml.v3 takes a scalar for: YAML 1.2's core schema, the octal numbers of 1.1, and underscores in numbers. */
import type { RawScalar } from "./raw-node.ts";

/** `tag` is what the scalar turned out to be, in its short form. */
export type Resolved =
  | { readonly tag: "!!null" }
  | { readonly tag: "!!bool"; readonly value: boolean }
  | { readonly tag: "!!int" | "!!float"; readonly value: number }
  | { readonly tag: string; readonly text: string };

/** A tag of YAML's own that the scalar cannot have: yaml.v3 gives up at it. */
export interface Unresolvable {
  readonly reason: string;
}

const WORDS: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
  ...["true", "True", "TRUE"].map((word) => [word, { tag: "!!bool", value: true }] as const),
  ...["false", "False", "FALSE"].map((word) => [word, { tag: "!!bool", value: false }] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, { tag: "!!null" }] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, { tag: "!!float", value: NaN }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, { tag: "!!float", value: Infinity }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map(
    (word) => [word, { tag: "!!float", value: -Infinity }] as const,
  ),
]);

/** Longer digits are no number that fits 64 bits, and are not worth turning into a big integer to find out. */
const LONGEST_NUMBER = 80;

const BASES: readonly (readonly [RegExp, number])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, 16],
  [/^0[bB]([01]+)$/, 2],
  [/^0[oO]([0-7]+)$/, 8],
  [/^0([0-7]*)$/, 8],
  [/^([1-9][0-9]*)$/, 10],
];
const PREFIXES: ReadonlyMap<number, string> = new Map([
  [16, "0x"],
  [8, "0o"],
  [2, "0b"],
  [10, ""],
]);

const readMagnitude = (digits: string): bigint | undefined => {
  for (const [pattern, base] of BASES) {
    const found = pattern.exec(digits)?.[1];
    if (found !== undefined)
      return BigInt(`${PREFIXES.get(base) ?? ""}${found === "" ? "0" : found}`);
  }
  return undefined;
};

/** An integer of 64 bits, signed, or unsigned without a sign. */
const readInteger = (plain: string): number | undefined => {
  if (plain.length > LONGEST_NUMBER) return undefined;
  const sign = /^[-+]/.exec(plain)?.[0] ?? "";
  const magnitude = readMagnitude(plain.slice(sign.length));
  if (magnitude === undefined) return undefined;
  const value = sign === "-" ? -magnitude : magnitude;
  const highest = sign === "" ? 2n ** 64n - 1n : 2n ** 63n - 1n;
  return value >= -(2n ** 63n) && value <= highest ? Number(value) : undefined;
};

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const resolvePlain = (text: string): Resolved => {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (/^[-+0-9]/.test(text)) {
    const plain = text.replaceAll("_", "");
    const integer = readInteger(plain);
    if (integer !== undefined) return { tag: "!!int", value: integer };
    if (FLOAT.test(plain) && Number.isFinite(Number(plain))) {
      return { tag: "!!float", value: Number(plain) };
    }
  } else if (text.startsWith(".") && FLOAT.test(text) && Number.isFinite(Number(text))) {
    return { tag: "!!float", value: Number(text) };
  }
  return { tag: "!!str", text };
};

const OWN_TAGS: ReadonlySet<string> = new Set([
  "!!bool",
  "!!int",
  "!!float",
  "!!null",
  "!!timestamp",
]);

const decodeBinary = (text: string): Resolved | Unresolvable => {
  const data = text.replaceAll(/[\r\n]/g, "");
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    return { reason: "!!binary value contains invalid base64 data" };
  }
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return { tag: "!!binary", text: new TextDecoder().decode(bytes) };
};

/** What the scalar is, its tag considered; a tag of nobody's knowledge leaves it text. */
export const resolveScalar = ({ tag, text, quoted }: RawScalar): Resolved | Unresolvable => {
  if (tag === "!!str" || (tag === "" && quoted)) return { tag: "!!str", text };
  if (tag === "") return resolvePlain(text);
  if (tag === "!!binary") return decodeBinary(text);
  if (!OWN_TAGS.has(tag)) return { tag, text };
  const resolved = resolvePlain(text);
  if (resolved.tag === tag) return resolved;
  if (tag === "!!float" && resolved.tag === "!!int") return { ...resolved, tag };
  // Dates are text to everything that is read here.
  if (tag === "!!timestamp" && /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/.test(text)) return { tag, text };
  return { reason: `cannot decode ${resolved.tag} \`${text.slice(0, 40)}\` as a ${tag}` };
};

/** The words that are booleans where one is asked for, also in quotes. */
export const booleanWord = (text: string): boolean | undefined => {
  if (/^(?:y|Y|yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  return /^(?:n|N|no|No|NO|off|Off|OFF)$/.test(text) ? false : undefined;
};
