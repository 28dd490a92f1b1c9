import type { Shape } from "./shape.ts";

const search = (shape: Shape, key: string, prefix: string): readonly string[] => {
  switch (shape.kind) {
    case "object":
      return [...shape.fields].flatMap(([name, field]) => {
        const path = prefix === "" ? name : `${prefix}.${name}`;
        const here = name === key ? [prefix] : [];
        return [...here, ...search(field.shape, key, path)];
      });
    case "list":
      return search(shape.item, key, `${prefix}[]`);
    case "map":
      return search(shape.value, key, prefix);
    case "either":
      return search(shape.long, key, prefix);
    default:
      return [];
  }
};

/** The one place in the document where `key` is known, or undefined when there are none, several or the root. */
export const elsewhere = (root: Shape, key: string): string | undefined => {
  const [only, ...others] = search(root, key, "");
  return others.length > 0 || only === "" ? undefined : only;
};
