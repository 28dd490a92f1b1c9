import { ACCOUNT_TABLES } from "./account-tables.ts";
import { DISK_TABLES } from "./disk-tables.ts";
import { LUKS_TABLES } from "./luks-tables.ts";
import { NODE_TABLES } from "./node-tables.ts";
import { RESOURCE_TABLES } from "./resource-tables.ts";
import { ROOT_TABLES } from "./root-tables.ts";
import type { FieldTable, Minor, ScalarName, Tables } from "./table.ts";

/** Every object of Ignition's language, with literal types, from which the typings are inferred. */
export type IgnitionTables = typeof ROOT_TABLES &
  typeof RESOURCE_TABLES &
  typeof ACCOUNT_TABLES &
  typeof NODE_TABLES &
  typeof DISK_TABLES &
  typeof LUKS_TABLES;

/** Every object of Ignition's language; the root is `Config`. */
export const IGNITION_TABLES: Tables & Readonly<Record<keyof IgnitionTables, unknown>> = {
  ...ROOT_TABLES,
  ...RESOURCE_TABLES,
  ...ACCOUNT_TABLES,
  ...NODE_TABLES,
  ...DISK_TABLES,
  ...LUKS_TABLES,
};

const SCALARS: ReadonlySet<string> = new Set<ScalarName>(["string", "integer", "boolean"]);

/** A field as one spec has it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  /** Whether `type` names another object rather than a scalar. */
  readonly isObject: boolean;
  readonly isList: boolean;
  readonly presence: "required" | "zero" | "optional";
  readonly table: FieldTable;
}

/** An object as one spec has it. */
export interface Shape {
  readonly type: string;
  readonly description: string;
  readonly key: readonly string[];
  /** In the order in which Ignition walks them. */
  readonly fields: ReadonlyMap<string, Field>;
}

const fieldAt = (name: string, table: FieldTable, minor: Minor): Field => {
  const type =
    table.before !== undefined && minor < table.before.minor ? table.before.type : table.type;
  const isPresent = minor <= (table.presenceUntil ?? minor);
  return {
    name,
    type,
    isObject: !SCALARS.has(type),
    isList: table.list === true,
    presence: isPresent ? (table.presence ?? "optional") : "optional",
    table,
  };
};

const tableFields = (tables: Tables, type: string): readonly (readonly [string, FieldTable])[] => {
  const table = tables[type];
  if (table === undefined) return [];
  const inherited = table.extends === undefined ? [] : tableFields(tables, table.extends);
  return [...inherited, ...Object.entries(table.fields)];
};

/** A look-up of an object's shape in one spec; each shape is made once. */
export type ShapeOf = (type: string) => Shape;

/** The shapes that `tables` give in one spec. */
export const shapesAt = (tables: Tables, minor: Minor): ShapeOf => {
  const shapes = new Map(
    Object.entries(tables).map(([type, table]): readonly [string, Shape] => [
      type,
      {
        type,
        description: table.description,
        key: table.key ?? [],
        fields: new Map(
          tableFields(tables, type)
            .filter(([, field]) => (field.since ?? 0) <= minor)
            .map(([name, field]) => [name, fieldAt(name, field, minor)]),
        ),
      },
    ]),
  );
  return (type) => {
    const shape = shapes.get(type);
    if (shape === undefined) throw new Error(`no table describes ${type}`);
    return shape;
  };
};

const byMinor = new Map<Minor, ShapeOf>();

/** The shapes of Ignition's own language in one spec. */
export const ignitionShapes = (minor: Minor): ShapeOf => {
  const known = byMinor.get(minor) ?? shapesAt(IGNITION_TABLES, minor);
  byMinor.set(minor, known);
  return known;
};
