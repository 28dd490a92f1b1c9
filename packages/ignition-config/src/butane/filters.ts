/** Fields that a variant refuses, looked for in the generated config. */
import type { Path } from "../report/finding.ts";
import type { Notes } from "./note.ts";
import { isZero, type Shape } from "./shape.ts";
import { isFields, isList, type Value } from "./value.ts";
import type { Filters } from "./variants.ts";

/** Written into every file whose contents are in the document, so that being empty says nothing. */
const NEVER_MIND_EMPTY: ReadonlySet<string> = new Set(["storage.files.contents.compression"]);

/** Unlike Go's zero, an empty list is empty too. */
const isEmpty = (value: Value | undefined, shape: Shape): boolean => {
  if (shape.kind === "list") return !isList(value) || value.length === 0;
  if (shape.kind !== "object" || shape.nullable) return isZero(value, shape, "json");
  if (!isFields(value)) return true;
  return shape.fields.every(
    (field) => field.json === undefined || isEmpty(value[field.json], field.shape),
  );
};

const checkValue = (
  value: Value | undefined,
  shape: Shape,
  filter: string,
  path: Path,
  filters: Filters,
  notes: Notes,
): void => {
  const message = filters[filter];
  if (message !== undefined) {
    const isGiven = !isEmpty(value, shape) && !(value === "" && NEVER_MIND_EMPTY.has(filter));
    if (isGiven) notes.error(path, message);
  } else if (shape.kind === "list" && isList(value)) {
    for (const [index, item] of value.entries()) {
      checkValue(item, shape.item, filter, [...path, index], filters, notes);
    }
  } else if (shape.kind === "object" && isFields(value)) {
    for (const { json, shape: fieldShape } of shape.fields) {
      if (json === undefined) continue;
      const inner = filter === "" ? json : `${filter}.${json}`;
      checkValue(value[json], fieldShape, inner, [...path, json], filters, notes);
    }
  }
};

/** Reports every field with something in it that the filters name; what is below one is not looked at. */
export const checkFilters = (config: Value, shape: Shape, filters: Filters, notes: Notes): void => {
  if (Object.keys(filters).length > 0) checkValue(config, shape, "", [], filters, notes);
};
