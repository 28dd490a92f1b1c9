/** Puts the values of variables into single scalars. */
import type { Sink } from "../report/notes.ts";
import { quote, type Violation } from "../report/violation.ts";
import type { Steps } from "../schema/tree.ts";
import { pathOf } from "../schema/tree.ts";
import { nearest } from "../text/nearest.ts";
import { markWithin } from "../text/source-text.ts";
import type { YamlScalar } from "../yaml/yaml-node.ts";
import { mayRefer, splitReferences } from "./reference.ts";
import type { Variable } from "./variable.ts";

/** The scalar with all references replaced; undefined when that cannot be done, which has been reported. */
export type Expand = (node: YamlScalar, trail: Steps) => YamlScalar | undefined;

/** The most characters that all values put into a definition's documents may have together. */
export const MAX_EXPANDED_CHARACTERS: number = 16 * 1024 * 1024;

/** What has been put in so far, over all documents. */
export interface Expansion {
  readonly used: Set<string>;
  characters: number;
}

const MALFORMED_HINT =
  "write `${var.NAME}` with a name of a-z, 0-9, `_` and `-`; `$${var.` stands for the text itself";

const unknownReference = (name: string, visible: ReadonlyMap<string, Variable>): Violation => ({
  rule: "unknown-variable",
  message: `there is no variable ${quote(name)}`,
  hint: () => {
    const near = nearest(name, [...visible.keys()]);
    return near === undefined
      ? "declare it under `variables:` in this document; `$${var.` stands for the text itself"
      : `did you mean \`${near}\`?`;
  },
});

/** A scalar that is one reference and nothing else is what the variable is: a number, a boolean or a text. */
const wholeScalar = (node: YamlScalar, { name, type, value }: Variable): YamlScalar => {
  const text = value?.text ?? "";
  return { ...node, text, plain: type !== "string", weight: 1 + text.length, variable: name };
};

/** `visible` are the variables that the document may refer to. */
export const expander = (
  visible: ReadonlyMap<string, Variable>,
  expansion: Expansion,
  sink: Sink,
): Expand => {
  const take = (name: string): { readonly variable?: Variable; readonly violation?: Violation } => {
    const variable = visible.get(name);
    if (variable === undefined) return { violation: unknownReference(name, visible) };
    expansion.used.add(name);
    expansion.characters += variable.value?.text.length ?? 0;
    if (expansion.characters <= MAX_EXPANDED_CHARACTERS) return { variable };
    return {
      violation: {
        rule: "too-large",
        message: `the values of variables come to more than ${MAX_EXPANDED_CHARACTERS} characters`,
        hint: "keep large contents in files of their own and name them with `local`",
      },
    };
  };

  return (node, trail) => {
    if (!mayRefer(node.text)) return node;
    const say = (violation: Violation, raw: string): void =>
      sink({ violation, path: pathOf(trail), at: markWithin(node.at, raw) });
    const pieces = splitReferences(node.text);
    const [first, second, third] = pieces;
    const isWhole =
      pieces.length === 3 &&
      first?.kind === "text" &&
      first.text === "" &&
      third?.kind === "text" &&
      third.text === "";
    let isSound = true;
    const texts: string[] = [];
    for (const piece of pieces) {
      if (piece.kind === "text") {
        texts.push(piece.text);
        continue;
      }
      if (piece.kind === "malformed") {
        const message = `${quote(piece.text)} is no reference to a variable`;
        say({ rule: "variable-reference", message, hint: MALFORMED_HINT }, piece.text);
        isSound = false;
        continue;
      }
      const { variable, violation } = take(piece.name);
      if (violation !== undefined) say(violation, `\${var.${piece.name}}`);
      if (variable?.value === undefined) {
        isSound = false;
        continue;
      }
      if (isWhole && second?.kind === "reference") return wholeScalar(node, variable);
      texts.push(variable.value.text);
    }
    if (!isSound) return undefined;
    const text = texts.join("");
    const isSame = pieces.every(({ kind }) => kind === "text");
    // Joined from pieces it is text, whatever it looks like; only an escape leaves the author's own notation.
    return { ...node, text, plain: isSame && node.plain, weight: 1 + text.length };
  };
};
