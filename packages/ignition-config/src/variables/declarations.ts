/** The `variables:` section of one document as it was written; its schema reports what is wrong with it. */
import { entriesOf, entryOf, type YamlNode, type YamlScalar } from "../yaml/yaml-node.ts";
import type { Mark } from "../text/source-text.ts";
import { VARIABLE_TYPES, type VariableType } from "./variable.ts";

export interface Declaration {
  readonly name: string;
  /** Of its name. */
  readonly at: Mark;
  readonly type?: { readonly name: VariableType; readonly at: Mark };
  readonly defaultValue?: YamlScalar;
  /** There is a default, but none that a variable can have. */
  readonly hasBrokenDefault: boolean;
  readonly choices?: readonly string[];
}

const scalarOf = (node: YamlNode | undefined): YamlScalar | undefined =>
  node?.kind === "scalar" ? node : undefined;

const readDeclaration = ({ text, at }: YamlScalar, node: YamlNode): Declaration => {
  const typeNode = scalarOf(entryOf(node, "type"));
  const type = VARIABLE_TYPES.find((one) => one === typeNode?.text);
  const given = entryOf(node, "default");
  const defaultValue = scalarOf(given);
  const list = entryOf(node, "enum");
  const choices =
    list?.kind === "sequence"
      ? list.items.flatMap((item) => (item.kind === "scalar" ? [item.text] : []))
      : undefined;
  return {
    name: text,
    at,
    hasBrokenDefault: given !== undefined && defaultValue === undefined,
    ...(type === undefined || typeNode === undefined
      ? {}
      : { type: { name: type, at: typeNode.at } }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(choices === undefined ? {} : { choices }),
  };
};

/** In the order of writing, each name once. */
export const declarationsOf = (root: YamlNode): readonly Declaration[] =>
  entriesOf(entryOf(root, "variables")).map(({ key, value }) => readDeclaration(key, value));
