/** Parts of Ignition's language as shapes of ours, from its own tables in Butane's spelling. */
import { butaneTables } from "../../butane/sugar-tables.ts";
import { snakeCase } from "../../butane/translations.ts";
import type { Fields } from "../../butane/value.ts";
import type { Minor } from "../../ignition/schema/table.ts";
import { type Field, type Shape as TableShape, shapesAt } from "../../ignition/schema/tables.ts";
import type { FieldShape, ListMerge, ObjectShape, Schema, Shape } from "../../schema/shape.ts";

/** The spec whose sections the language has: the newest that is finished. */
export const FIRST_BOOT_MINOR: Minor = 6;

const shapeOf = shapesAt(butaneTables([]), FIRST_BOOT_MINOR);

/** Only files of the image can come from local files: those are read when it is composed. */
const LEFT_OUT: ReadonlySet<string> = new Set(["Resource.local"]);

const SCALARS: ReadonlyMap<string, (description: string) => Shape> = new Map<
  string,
  (description: string) => Shape
>([
  [
    "string",
    (description) => ({
      kind: "string",
      description,
      numbers: true,
      // Keys and pins may be of many lines; Ignition's own rules judge the rest.
      freeText: true,
      local: false,
    }),
  ],
  [
    "integer",
    (description) => ({
      kind: "int",
      description,
      notation: "decimal",
      min: Number.MIN_SAFE_INTEGER,
      max: Number.MAX_SAFE_INTEGER,
    }),
  ],
  ["boolean", (description) => ({ kind: "bool", description })],
]);

const mergeOf = ({ isObject, type, table }: Field): ListMerge => {
  if (table.duplicates === true) return { how: "append" };
  if (!isObject) return { how: "unite", key: "itself" };
  const [first, ...others] = shapeOf(type).key.map(snakeCase);
  if (first === undefined) return { how: "append" };
  return {
    how: "unite",
    key: others.length === 0 ? { field: first } : { fields: [first, ...others] },
  };
};

const fieldShape = (field: Field): FieldShape => {
  const { description } = field.table;
  const scalar = SCALARS.get(field.type)?.(description);
  const item = scalar ?? { ...objectShape(shapeOf(field.type)), description };
  const required = field.presence === "required";
  if (!field.isList) return { shape: item, required };
  return {
    shape: { kind: "list", description, item, merge: mergeOf(field), minItems: 0 },
    required,
  };
};

const objectShape = ({ type, description, fields }: TableShape): ObjectShape => ({
  kind: "object",
  description,
  fields: new Map(
    [...fields.values()]
      .filter(({ name }) => !LEFT_OUT.has(`${type}.${name}`))
      .map((field) => [snakeCase(field.name), fieldShape(field)]),
  ),
  whole: type === "Resource",
  sharedKeys: [],
  unsupported: [],
});

/** A list of Ignition's `storage`; its items are as Butane would have decoded them. */
export const tableList = (
  name: "disks" | "raid" | "luks" | "filesystems",
): Schema<readonly Fields[]> => {
  const field = shapeOf("Storage").fields.get(name);
  if (field === undefined) throw new Error(`storage has no ${name}`);
  return { shape: fieldShape(field).shape };
};
