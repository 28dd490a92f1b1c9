/** The checks of a typed config, in Ignition's order: all rules from the root down, then what stands twice. */
import type { Path } from "../report/finding.ts";
import type { Entry, EntryKind } from "./entry.ts";
import { MESSAGES } from "./rules/messages.ts";
import { pathProblem } from "./rules/path-rule.ts";
import type { Newest, Rules, Say, TypeName } from "./rules/rule.ts";
import { RULES } from "./rules/rules.ts";
import { itemKey, property } from "./schema/item-key.ts";
import type { Minor } from "./schema/table.ts";
import {
  type Field,
  IGNITION_TABLES,
  ignitionShapes,
  type Shape,
  type ShapeOf,
} from "./schema/tables.ts";
import type { ConfigAt } from "./schema/types.ts";

/** What is done at each object. The walk goes on to change `path`: who keeps it makes a copy. */
type Visit = (value: object, shape: Shape, path: Path) => void;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Goes over an object and all in it, an object before its fields, in the order of the tables. */
class Walk {
  readonly #path: (string | number)[] = [];
  readonly #shapeOf: ShapeOf;
  readonly #visit: Visit;
  readonly #visitText: (text: string, field: Field, path: Path) => void;

  constructor(
    shapeOf: ShapeOf,
    visit: Visit,
    visitText: (text: string, field: Field, path: Path) => void = () => undefined,
  ) {
    this.#shapeOf = shapeOf;
    this.#visit = visit;
    this.#visitText = visitText;
  }

  object(value: object, type: string): void {
    const shape = this.#shapeOf(type);
    this.#visit(value, shape, this.#path);
    for (const [name, field] of shape.fields) {
      const child = property(value, name);
      if (child === undefined || !(field.isObject || field.isList)) continue;
      this.#path.push(name);
      if (isList(child)) this.#list(child, field);
      else if (isObject(child)) this.object(child, field.type);
      this.#path.pop();
    }
  }

  #list(items: readonly unknown[], field: Field): void {
    for (const [index, item] of items.entries()) {
      this.#path.push(index);
      if (isObject(item)) this.object(item, field.type);
      else if (typeof item === "string") this.#visitText(item, field, this.#path);
      this.#path.pop();
    }
  }
}

/** True by construction: the walk follows the tables, from which the types are inferred. */
const isOf = <N extends TypeName>(_type: N, value: object): value is Newest<N> => isObject(value);

const isTypeName = (type: string): type is TypeName => Object.hasOwn(IGNITION_TABLES, type);

const applyRule = <N extends TypeName>(
  type: N,
  rule: Rules[N],
  value: object,
  say: Say,
  minor: Minor,
): void => {
  if (rule !== undefined && isOf(type, value)) rule(value, say, minor);
};

const checkRules = (config: object, minor: Minor, report: Entry[]): void => {
  let base: Path = [];
  const add = (kind: EntryKind, path: Path, message: string | undefined): void => {
    if (message !== undefined) report.push({ kind, path: [...base, ...path], message });
  };
  const say: Say = {
    error: (path, message) => add("error", path, message),
    warning: (path, message) => add("warning", path, message),
  };
  const visit: Visit = (value, { type }, path) => {
    base = path;
    if (isTypeName(type)) applyRule(type, RULES[type], value, say, minor);
  };
  const visitText = (text: string, field: Field, path: Path): void => {
    base = path;
    if (field.table.path === true) say.error([], pathProblem(text));
  };
  new Walk(ignitionShapes(minor), visit, visitText).object(config, "Config");
};

const isKeyed = (field: Field): boolean => field.isList && field.table.duplicates !== true;

const checkDuplicates = (config: object, minor: Minor, report: Entry[]): void => {
  const shapeOf = ignitionShapes(minor);
  const visit: Visit = (value, shape, base) => {
    const seen: Record<string, Set<string>> = {};
    for (const [name, field] of shape.fields) {
      const items = isKeyed(field) ? property(value, name) : undefined;
      if (!isList(items)) continue;
      const keys = (seen[field.table.sharedKeys ?? name] ??= new Set());
      const itemShape = field.isObject ? shapeOf(field.type) : undefined;
      for (const [index, item] of items.entries()) {
        const key = itemKey(item, itemShape);
        if (keys.has(key)) {
          report.push({ kind: "error", path: [...base, name, index], message: MESSAGES.duplicate });
        }
        keys.add(key);
      }
    }
  };
  new Walk(shapeOf, visit).object(config, "Config");
};

/**
 * Everything that Ignition finds wrong with a typed config of one spec, in its order, without places. `duplicates: false` leaves
 * out the check for what stands twice, as Ignition does after a merge.
 */
export const checkIgnition = <M extends Minor>(
  config: ConfigAt<M>,
  minor: M,
  options: { readonly duplicates?: boolean } = {},
): readonly Entry[] => {
  const report: Entry[] = [];
  checkRules(config, minor, report);
  if (options.duplicates !== false) checkDuplicates(config, minor, report);
  return report;
};
