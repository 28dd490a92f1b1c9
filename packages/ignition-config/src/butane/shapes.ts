/** The shapes of Butane's documents and of the configs made of them, from the tables. */
import type { Minor } from "../ignition/schema/table.ts";
import { type Field as TableField, type ShapeOf, shapesAt } from "../ignition/schema/tables.ts";
import type { Field, ObjectShape, Shape } from "./shape.ts";
import { butaneTables, type Section, isSugar } from "./sugar-tables.ts";
import { snakeCase } from "./translations.ts";

const KINDS = { string: "text", integer: "integer", boolean: "flag" } as const;

const LABELS: Field = { yaml: "labels", json: undefined, shape: { kind: "map" } };

/** The object shapes of one version; each is made once. */
const objectShapes = (shapeOf: ShapeOf, minor: Minor): ((type: string) => ObjectShape) => {
  const made = new Map<string, ObjectShape>();

  const valueShape = ({ type, presence, isList, table }: TableField): Shape => {
    if (type === "string" || type === "integer" || type === "boolean") {
      return { kind: KINDS[type], nullable: !isList && presence === "optional" };
    }
    const shape = objectShape(type);
    return table.nullUnsetsIn === minor ? { ...shape, nullable: true } : shape;
  };
  const fieldShape = (owner: string, field: TableField): Field => {
    const item = valueShape(field);
    const isGenerated = owner === "Ignition" && field.name === "version";
    return {
      yaml: isGenerated ? undefined : snakeCase(field.name),
      json: isSugar(owner, field.name) ? undefined : field.name,
      shape: field.isList ? { kind: "list", item } : item,
    };
  };
  const objectShape = (type: string): ObjectShape => {
    const known = made.get(type);
    if (known !== undefined) return known;
    const fields = [...shapeOf(type).fields.values()].map((field) => fieldShape(type, field));
    if (type === "Metadata") fields.push(LABELS);
    const shape: ObjectShape = {
      kind: "object",
      name: type,
      nullable: false,
      fields,
    };
    made.set(type, shape);
    return shape;
  };
  return objectShape;
};

/** All shapes of one version of Butane's language by the names of their tables; the root is `Config`. */
export type ButaneShapes = (type: string) => ObjectShape;

const versions = new Map<string, ButaneShapes>();

export const butaneShapes = (minor: Minor, sections: readonly Section[]): ButaneShapes => {
  const name = `${minor} ${sections.join(" ")}`;
  const known = versions.get(name) ?? objectShapes(shapesAt(butaneTables(sections), minor), minor);
  versions.set(name, known);
  return known;
};

/** The shape of a field, by its name in the generated config. */
export const jsonField = (shape: ObjectShape, json: string): Shape => {
  const field = shape.fields.find((candidate) => candidate.json === json);
  if (field === undefined) throw new Error(`${shape.name} has no field ${json}`);
  return field.shape;
};
