import type { Shape } from "./tables.ts";

/** A property of a plain object, whatever it is. */
export const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;

const asText = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** By what an item of a list is known: a text by itself, an object by its key; items without one share the empty key. */
export const itemKey = (item: unknown, shape: Shape | undefined): string => {
  if (shape === undefined) return asText(item);
  for (const name of shape.key) {
    const value = property(item, name);
    // Number 0 is the next free one and says nothing.
    if (value !== undefined && value !== 0) {
      return shape.key.length === 1 ? asText(value) : `${name}:${asText(value)}`;
    }
  }
  return "";
};
