/**
 * What must be true of a file of metadata before tuf-js gets to see it: what the library reads more generously than two readers can agree on.
 */
import type { ReceiverErrorCode } from "../errors.ts";
import { checkKeysAndRoles } from "./key-check.ts";
import { MOST_ENTRIES, MOST_KEYS } from "./limits.ts";
import { asList, asRecord, isJsonObject, type Json, type UnknownRecord } from "./plain-value.ts";
import { type Place, refusal } from "./refusal.ts";
import { parseStrictJson } from "./strict-json.ts";

export type DocumentType = "root" | "timestamp" | "snapshot" | "targets";

/** A file of metadata of the right form; nothing in it is believed yet. */
export interface Document {
  readonly type: DocumentType;
  readonly version: number;
  readonly expires: Date;
  readonly signed: UnknownRecord;
  /** The whole file. */
  readonly json: Record<string, Json>;
  /** Whose signatures it carries. */
  readonly keyIds: readonly string[];
}

/** The specification's form of a date. `new Date` also takes others, some in the machine's own time zone. */
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

const readDate = (value: unknown): Date | undefined => {
  if (typeof value !== "string" || !DATE.test(value)) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
};

const readVersion = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : undefined;

/**
 * Reads one file.
 * @throws ReceiverError BAD_METADATA, AMBIGUOUS_JSON, MIXED_UP (another role's file), DUPLICATE_SIGNATURE, DUPLICATE_KEY, BAD_THRESHOLD
 */
export const readDocument = (bytes: Uint8Array, type: DocumentType, place: Place): Document => {
  const fail = (code: ReceiverErrorCode, why: string): never => {
    throw refusal(code, place, why);
  };
  const parsed = parseStrictJson(bytes);
  if (parsed.kind === "not-json") return fail("BAD_METADATA", `is not JSON: ${parsed.why}`);
  if (parsed.kind === "ambiguous") return fail("AMBIGUOUS_JSON", parsed.why);

  const json = parsed.value;
  const signed = isJsonObject(json) ? asRecord(json["signed"]) : undefined;
  const signatures = isJsonObject(json) ? asList(json["signatures"]) : undefined;
  if (!isJsonObject(json) || signed === undefined || signatures === undefined)
    return fail("BAD_METADATA", "has no signed part, or no list of signatures");
  if (signed["_type"] !== type)
    return fail("MIXED_UP", `is metadata of type ${show(signed["_type"])}, not ${type}`);

  if (signatures.length > MOST_KEYS)
    return fail("BAD_METADATA", `carries ${signatures.length} signatures, more than ${MOST_KEYS}`);

  const version = readVersion(signed["version"]);
  const expires = readDate(signed["expires"]);
  if (version === undefined) return fail("BAD_METADATA", "has no version from 1 on");
  if (expires === undefined)
    return fail("BAD_METADATA", "has no expiry of the form 2026-01-31T00:00:00Z");

  const keyIds = signatures.map((signature) => {
    const id = asRecord(signature)?.["keyid"];
    return typeof id === "string" ? id : fail("BAD_METADATA", "has a signature without a key id");
  });
  // A threshold counts keys, never signatures.
  const twice = keyIds.find((id, index) => keyIds.indexOf(id) !== index);
  if (twice !== undefined)
    return fail("DUPLICATE_SIGNATURE", `carries two signatures of key ${show(twice)}`);

  checkCounts(signed, place);
  checkKeysAndRoles(signed, type, place);
  return { type, version, expires, signed, json, keyIds };
};

const checkCounts = (signed: UnknownRecord, place: Place): void => {
  const lists: readonly (readonly [keyof typeof MOST_ENTRIES, unknown])[] = [
    ["targets", signed["targets"]],
    ["meta", signed["meta"]],
    ["roles", signed["roles"]],
    ["roles", asRecord(signed["delegations"])?.["roles"]],
  ];
  for (const [name, list] of lists) {
    const count = Object.keys(asRecord(list) ?? asList(list) ?? {}).length;
    if (count > MOST_ENTRIES[name])
      throw refusal("TOO_LARGE", place, `has ${count} ${name}, more than ${MOST_ENTRIES[name]}`, {
        hint: "collect what is no longer needed (`slipway repo gc`)",
      });
  }
};

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";
