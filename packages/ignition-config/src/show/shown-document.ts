/** The merged document as it is meant, to be shown: includes joined, variables put in, and every value with its place. */
import { resolvePath } from "../names/relative-path.ts";
import type { Shape } from "../schema/shape.ts";
import type { ObjectTree, Tree } from "../schema/tree.ts";
import { type Mark, rangeOf } from "../text/source-text.ts";
import type { Variable } from "../variables/variable.ts";

/** Where a value comes from: `FILE:LINE:COLUMN`, or `--var NAME`. */
export type Origin = string;

/** A value of the merged document. */
export type ShownValue =
  | {
      readonly kind: "scalar";
      readonly value: string | number | boolean;
      /** How a document spells a number, where that is not in decimal. */
      readonly spelling?: string;
      readonly origin: Origin;
    }
  | { readonly kind: "list"; readonly items: readonly ShownValue[]; readonly origin: Origin }
  | {
      readonly kind: "mapping";
      readonly entries: readonly (readonly [string, ShownValue])[];
      readonly origin: Origin;
    };

const originOf = (at: Mark): Origin => {
  const { file, start } = rangeOf(at);
  // A file's name may hold anything, and this ends up in comments.
  return `${file.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?")}:${start.line}:${start.column}`;
};

const showScalar = (shape: Shape, tree: Tree & { readonly kind: "value" }): ShownValue => {
  const { value, at } = tree;
  const origin = originOf(at);
  if (shape.kind === "string" && shape.local) {
    // Relative to the document that names it, which is not this one.
    return { kind: "scalar", value: resolvePath(at.source.file, String(value)), origin };
  }
  if (shape.kind === "int" && shape.notation === "octal") {
    const spelling = `0${value.toString(8).padStart(3, "0")}`;
    return { kind: "scalar", value, spelling, origin };
  }
  return { kind: "scalar", value, origin };
};

const show = (shape: Shape, tree: Tree): ShownValue | undefined => {
  switch (tree.kind) {
    case "invalid":
      return undefined;
    case "value":
      return showScalar(shape, tree);
    case "list": {
      if (shape.kind !== "list") return undefined;
      const items = tree.items.flatMap((item) => show(shape.item, item) ?? []);
      return { kind: "list", items, origin: originOf(tree.at) };
    }
    case "object":
      return showMapping(shape, tree);
  }
};

const showMapping = (shape: Shape, tree: ObjectTree): ShownValue => {
  const object = shape.kind === "either" ? shape.long : shape;
  const shapeOf = (name: string): Shape | undefined => {
    if (object.kind === "object") return object.fields.get(name)?.shape;
    return object.kind === "map" ? object.value : undefined;
  };
  const entries = [...tree.fields].flatMap(([name, below]) => {
    const field = shapeOf(name);
    const shown = field && show(field, below);
    return shown === undefined ? [] : [[name, shown] as const];
  });
  return { kind: "mapping", entries, origin: originOf(tree.at) };
};

/** The declaration with the value that is in force as its default. */
const showVariable = (declared: ShownValue, { name, type, value }: Variable): ShownValue => {
  if (declared.kind !== "mapping" || value === undefined) return declared;
  const { origin } = value;
  const inForce: ShownValue = {
    kind: "scalar",
    value: value.text,
    // A number or a boolean is shown as it was written: `0644` is one to a mode.
    ...(type === "string" ? {} : { spelling: value.text }),
    origin: origin.kind === "command-line" ? `--var ${name}` : originOf(origin.at),
  };
  const others = declared.entries.filter(([key]) => key !== "default");
  return { ...declared, entries: [...others, ["default", inForce]] };
};

/**
 * What a document would have to say to mean the same without any include. Variables come with the values that are in
 * force; they have been put in already.
 */
export const shownDocument = (
  shape: Shape,
  tree: Tree,
  variables: ReadonlyMap<string, Variable>,
): ShownValue => {
  const shown = show(shape, tree);
  if (shown?.kind !== "mapping") return { kind: "mapping", entries: [], origin: originOf(tree.at) };
  const entries = shown.entries.flatMap((entry): readonly (readonly [string, ShownValue])[] => {
    const [name, value] = entry;
    if (name === "include") return [];
    if (name !== "variables") return [entry];
    if (value.kind !== "mapping") return [entry];
    const settled = value.entries.map(([own, declared]): readonly [string, ShownValue] => {
      const variable = variables.get(own);
      return [own, variable === undefined ? declared : showVariable(declared, variable)];
    });
    return [[name, { ...value, entries: settled }]];
  });
  return { ...shown, entries };
};
