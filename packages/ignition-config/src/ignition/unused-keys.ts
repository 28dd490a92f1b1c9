/** Keys of the text that mean nothing in the spec at hand. */
import { type JsonNode, memberOf } from "../json/json-node.ts";
import type { Path } from "../report/finding.ts";
import { type Entry, formatEntryPath } from "./entry.ts";
import { property } from "./schema/item-key.ts";
import type { Field, Shape, ShapeOf } from "./schema/tables.ts";
import type { Minor } from "./schema/table.ts";

/** A warning, and whether it is about the key that ends its path or about the value there. */
export interface KeyWarning {
  readonly entry: Entry;
  readonly about: "key" | "value";
}

class UnusedKeys {
  readonly report: KeyWarning[] = [];
  readonly #path: (string | number)[] = [];
  readonly #shapeOf: ShapeOf;
  readonly #minor: Minor;

  constructor(shapeOf: ShapeOf, minor: Minor) {
    this.#shapeOf = shapeOf;
    this.#minor = minor;
  }

  #warn(about: "key" | "value", path: Path, message: string): void {
    this.report.push({ about, entry: { kind: "warning", path, message } });
  }

  object(node: JsonNode, value: unknown, shape: Shape): void {
    if (node.kind !== "object") {
      const where = formatEntryPath(this.#path);
      this.#warn(
        "value",
        [...this.#path],
        `context tree does not match content tree at ${where}. Line and column reporting may be inconsistent. Unused keys may not be reported`,
      );
      return;
    }
    for (const member of node.members) {
      const { key } = member;
      if (!shape.fields.has(key) && memberOf(node, key) === member) {
        this.#warn("key", [...this.#path, key], `unused key ${key}`);
      }
    }
    for (const [name, field] of shape.fields) {
      const child = memberOf(node, name);
      if (child === undefined || !field.isObject) continue;
      this.#path.push(name);
      this.#field(child.value, property(value, name), field);
      this.#path.pop();
    }
  }

  #field(node: JsonNode, value: unknown, field: Field): void {
    const shape = this.#shapeOf(field.type);
    if (!field.isList) {
      // Where null unsets an object there is nothing left whose keys could be looked at.
      const isUnset = value === undefined && field.table.nullUnsetsIn === this.#minor;
      if (!isUnset) this.object(node, value, shape);
      return;
    }
    if (node.kind !== "array" || !Array.isArray(value)) return;
    for (const [index, item] of node.items.slice(0, value.length).entries()) {
      this.#path.push(index);
      this.object(item, value[index], shape);
      this.#path.pop();
    }
  }
}

/**
 * Warnings about keys that were read past, found by exact spelling: a key in another case fills its field and is unused all the same. Those of one
 * object come in the order of the text.
 */
export const findUnusedKeys = (
  text: JsonNode,
  config: object,
  shapeOf: ShapeOf,
  minor: Minor,
): readonly KeyWarning[] => {
  const keys = new UnusedKeys(shapeOf, minor);
  keys.object(text, config, shapeOf("Config"));
  return keys.report;
};
