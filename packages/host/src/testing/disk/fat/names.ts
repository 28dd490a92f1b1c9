/**
 * FAT's two names for a file: the long one, and an alias of eight characters and three. Which names need a long entry and
 * which alias they get is as Linux decides it (mount option `shortname=mixed`, its default); characters beyond ASCII, which
 * a code page would map, become `_` in the alias.
 */
import { FatError } from "./error.ts";

/** Bits of an entry's case byte: the alias is shown in lower case. */
export const LOWER_BASE = 0x08;
export const LOWER_EXTENSION = 0x10;
const LONGEST = 255;

export interface ShortName {
  /** The eleven bytes of the alias, as ASCII. */
  readonly alias: string;
  readonly lower: number;
  /** Whether the alias with its case says all, so that no long name is kept. */
  readonly complete: boolean;
}

/** The name as it is kept: without dots at its end. Refuses what FAT cannot keep. */
export const checkName = (name: string): string => {
  let end = name.length;
  while (end > 0 && name[end - 1] === ".") end -= 1;
  const kept = name.slice(0, end);
  if (kept === "" || kept.length > LONGEST) {
    throw new FatError(
      "BAD_NAME",
      `a name has 1 to ${LONGEST} characters: ${JSON.stringify(name)}`,
    );
  }
  if (kept.split("").some(isForbidden) || kept.endsWith(" ")) {
    throw new FatError("BAD_NAME", `FAT cannot keep this name: ${JSON.stringify(name)}`);
  }
  return kept;
};

const isForbidden = (unit: string): boolean => unit < " " || '*?<>|":/\\'.includes(unit);

/** Names that are one and the same to FAT have one key. */
export const nameKey = (name: string): string => name.toUpperCase();

interface Part {
  readonly text: string;
  /** Nothing was left out or replaced. */
  readonly whole: boolean;
  readonly hasUpper: boolean;
  readonly hasLower: boolean;
}

/** The alias for a name in a directory that has some already. `ticks` is luck: Linux takes its clock's. */
export const shortNameFor = (
  name: string,
  isTaken: (alias: string) => boolean,
  ticks: number,
): ShortName => {
  const [baseText, extensionText] = splitName(name);
  const base = shorten(baseText, 8);
  const extension = shorten(extensionText, 3);
  if (base.text === "") throw new FatError("BAD_NAME", `no alias can be made from ${name}`);
  const aliasOf = (text: string): string => text.padEnd(8) + extension.text.padEnd(3);
  if (base.whole && extension.whole) {
    const alias = aliasOf(base.text);
    if (isTaken(alias)) throw new FatError("EXISTS", `there is a file with the alias of ${name}`);
    if (isMixed(base) || isMixed(extension)) return { alias, lower: 0, complete: false };
    const lower = (base.hasLower ? LOWER_BASE : 0) | (extension.hasLower ? LOWER_EXTENSION : 0);
    return { alias, lower, complete: true };
  }
  const candidates = numbered(base.text, ticks);
  for (const candidate of candidates) {
    const alias = aliasOf(candidate);
    if (!isTaken(alias)) return { alias, lower: 0, complete: false };
  }
  throw new FatError("NO_SPACE", `no alias is left for ${name}`);
};

/** The checksum that ties a long name's entries to their alias. */
export const aliasChecksum = (alias: string): number => {
  let sum = 0;
  for (let index = 0; index < alias.length; index += 1) {
    sum = (((sum & 1) << 7) + (sum >> 1) + alias.charCodeAt(index)) & 0xff;
  }
  return sum;
};

/** How an alias is shown: with its dot, in the case its entry says. */
export const showAlias = (alias: string, lower: number): string => {
  const base = alias.slice(0, 8).trimEnd();
  const extension = alias.slice(8).trimEnd();
  const shownBase = (lower & LOWER_BASE) === 0 ? base : base.toLowerCase();
  const shownExtension = (lower & LOWER_EXTENSION) === 0 ? extension : extension.toLowerCase();
  return shownExtension === "" ? shownBase : `${shownBase}.${shownExtension}`;
};

/** At the last dot, unless there is nothing but dots and spaces before it: `.profile` is all base. */
const splitName = (name: string): readonly [string, string] => {
  const dot = name.lastIndexOf(".");
  if (dot < 0 || /^[. ]*$/.test(name.slice(0, dot))) return [name, ""];
  return [name.slice(0, dot), name.slice(dot + 1)];
};

const shorten = (text: string, length: number): Part => {
  let short = "";
  let whole = true;
  let hasUpper = false;
  let hasLower = false;
  for (const unit of text.split("")) {
    if (short.length === length) {
      whole = false;
      break;
    }
    if (unit === "." || unit === " ") {
      whole = false;
    } else if ("[];,+=".includes(unit) || unit > "~") {
      whole = false;
      short += "_";
    } else {
      hasUpper ||= unit >= "A" && unit <= "Z";
      hasLower ||= unit >= "a" && unit <= "z";
      short += unit.toUpperCase();
    }
  }
  return { text: short, whole, hasUpper, hasLower };
};

const isMixed = ({ hasUpper, hasLower }: Part): boolean => hasUpper && hasLower;

/** `NAME~1` to `NAME~9`, then two characters of the name and four digits of luck, counted down. */
function* numbered(base: string, ticks: number): Generator<string, void, undefined> {
  for (let number = 1; number < 10; number += 1) yield `${base.slice(0, 6)}~${number}`;
  const tail = `~${1 + ((ticks >>> 16) & 7)}`;
  for (let step = 0; step < 0x1_0000; step += 1) {
    const digits = ((ticks - 11 * step) & 0xffff).toString(16).toUpperCase().padStart(4, "0");
    yield `${base.slice(0, 2)}${digits}${tail}`;
  }
}
