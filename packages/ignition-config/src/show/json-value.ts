/** A shown document as plain data. */
import { formatPath } from "../report/format-path.ts";
import type { Json } from "../schema/json-schema.ts";
import type { Path } from "../report/finding.ts";
import { readBoolean, readInteger } from "../yaml/scalar-value.ts";
import type { Origin, ShownValue } from "./shown-document.ts";

const scalarValue = ({ value, spelling }: ShownValue & { readonly kind: "scalar" }): Json => {
  if (spelling === undefined || typeof value !== "string") return value;
  const reading = readInteger(spelling, "octal");
  return reading !== undefined && "value" in reading
    ? reading.value
    : (readBoolean(spelling) ?? value);
};

/** The values alone. */
export const jsonValue = (document: ShownValue): Json => {
  switch (document.kind) {
    case "scalar":
      return scalarValue(document);
    case "list":
      return document.items.map(jsonValue);
    case "mapping":
      return Object.fromEntries(document.entries.map(([name, value]) => [name, jsonValue(value)]));
  }
};

const eachScalar = function* (value: ShownValue, path: Path): Generator<readonly [string, Origin]> {
  if (value.kind === "scalar") yield [formatPath(path), value.origin];
  if (value.kind === "list") {
    for (const [index, item] of value.items.entries()) yield* eachScalar(item, [...path, index]);
  }
  if (value.kind === "mapping") {
    for (const [name, item] of value.entries) yield* eachScalar(item, [...path, name]);
  }
};

/** Where each value comes from, by its path. */
export const jsonOrigins = (document: ShownValue): Readonly<Record<string, Origin>> =>
  Object.fromEntries(eachScalar(document, []));
