/** Looking into values that came from outside. */

export type UnknownRecord = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is UnknownRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asRecord = (value: unknown): UnknownRecord | undefined =>
  isRecord(value) ? value : undefined;

export const asList = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : undefined;

/** What JSON can say; the values that a record from `JSON.parse` has. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Only for values that came out of `JSON.parse`: what is in them is not looked at. */
export const isJsonObject = (parsed: unknown): parsed is { [name: string]: Json } =>
  isRecord(parsed);

/** Member of a record by a name from outside: never one that every object inherits. */
export const ownMember = (record: UnknownRecord, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;
