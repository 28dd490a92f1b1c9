/**
 * A line of a ledger's file: a checksum, a space, canonical JSON, and the line's end. The checksum is over the JSON, and the JSON has the checksum of the
 * line before it as its member `before`: so each line can be checked by itself, and what is missing between two lines shows.
 */
import { createHash } from "node:crypto";
import { encodeCanonical, parseCanonical } from "@slipway/release";
import { type Carried, decodeCarried, encodeCarried } from "./carried.ts";
import { decodeRecord, kindOf } from "./decode-entry.ts";
import type { LedgerRecord } from "./entry.ts";

/** In bytes: the first line of a file, at its longest, with a thousand forbidden releases. */
export const MOST_LINE_BYTES: number = 2 * 2 ** 20;

/** What the first line of the first file comes after. */
export const NO_LINE: string = "0".repeat(32);

const SUM_LENGTH = NO_LINE.length;

export interface Line {
  readonly seq: number;
  /** Its own checksum. */
  readonly sum: string;
  /** The checksum of the line before it. */
  readonly before: string;
  /** Nothing where it is of a kind that this agent does not know. */
  readonly content: LedgerRecord | Carried | undefined;
}

const sumOf = (json: string): string =>
  createHash("sha256").update(json).digest("hex").slice(0, SUM_LENGTH);

/** The line as bytes, with its end, and its checksum for the next one. */
export const encodeLine = (
  content: LedgerRecord | Carried,
  before: string,
): { readonly bytes: Uint8Array; readonly sum: string } => {
  const value = content.kind === "carried" ? encodeCarried(content) : content;
  const json = encodeCanonical({ ...value, before });
  const sum = sumOf(json);
  return { bytes: Buffer.from(`${sum} ${json}\n`), sum };
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;

const contentOf = (value: unknown): Line["content"] | "spoilt" => {
  const decoded = kindOf(value) === "carried" ? decodeCarried(value) : decodeRecord(value);
  return decoded.ok ? decoded.value : "spoilt";
};

/** The line that these bytes are (without their end), or nothing where they are none that anybody wrote. */
export const decodeLine = (bytes: Uint8Array): Line | undefined => {
  const json = bytes.subarray(SUM_LENGTH + 1);
  const sum = Buffer.from(bytes.subarray(0, SUM_LENGTH)).toString("latin1");
  if (bytes[SUM_LENGTH] !== 0x20) return undefined;
  if (sum !== sumOf(Buffer.from(json).toString("utf8"))) return undefined;
  const parsed = parseCanonical(json, { maxBytes: MOST_LINE_BYTES, what: "a line" });
  if (!parsed.ok) return undefined;
  const [seq, before] = [memberOf(parsed.value, "seq"), memberOf(parsed.value, "before")];
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || typeof before !== "string")
    return undefined;
  const content = contentOf(parsed.value);
  return content === "spoilt" ? undefined : { seq, sum, before, content };
};
