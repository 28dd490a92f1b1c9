import type { ObjectShape, Shape } from "./shape.ts";

/** Calls `found` for every key of every object below `shape`, with the path of that object. */
const eachKey = (
  shape: Shape,
  prefix: string,
  found: (key: string, path: string) => void,
): void => {
  if (shape.kind === "list") eachKey(shape.item, `${prefix}[]`, found);
  else if (shape.kind === "map") eachKey(shape.value, prefix, found);
  else if (shape.kind === "either") eachKey(shape.long, prefix, found);
  if (shape.kind !== "object") return;
  for (const [name, field] of shape.fields) {
    found(name, prefix);
    eachKey(field.shape, prefix === "" ? name : `${prefix}.${name}`, found);
  }
};

/** By key the one object that has it, for keys that exactly one object below the root has. */
export const uniquePlaces = (root: ObjectShape): ReadonlyMap<string, string> => {
  const places = new Map<string, string>();
  const several = new Set<string>();
  eachKey(root, "", (key, path) => {
    if (places.has(key)) several.add(key);
    places.set(key, path);
  });
  return new Map([...places].filter(([key, path]) => path !== "" && !several.has(key)));
};
