/** The generated config as Ignition's JSON has it: fields in Ignition's order, nothing that is empty. */
import type { ObjectShape, Shape } from "./shape.ts";
import { isZero } from "./shape.ts";
import { type Fields, isFields, isList, type Value } from "./value.ts";

const tidyValue = (value: Value | undefined, shape: Shape): Value | undefined => {
  if (shape.kind === "object") {
    if (!isFields(value)) return undefined;
    const fields = tidyConfig(value, shape);
    return Object.keys(fields).length === 0 && !shape.nullable ? undefined : fields;
  }
  // Texts that cannot be unset are written even where they are empty; numbers that cannot are not.
  if (shape.kind === "text") return value ?? (shape.nullable ? undefined : "");
  if (shape.kind !== "list") return isZero(value, shape, "json") ? undefined : value;
  if (!isList(value) || value.length === 0) return undefined;
  return value.map((item) =>
    isFields(item) && shape.item.kind === "object" ? tidyConfig(item, shape.item) : item,
  );
};

/** Without empty lists and objects, and without values that are the same as none. */
export const tidyConfig = (config: Fields, shape: ObjectShape): Fields => {
  const fields: Fields = {};
  for (const { json, shape: fieldShape } of shape.fields) {
    if (json === undefined) continue;
    const value = tidyValue(config[json], fieldShape);
    if (value !== undefined) fields[json] = value;
  }
  return fields;
};
