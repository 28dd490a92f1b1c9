/** One document's text to a located value, by the schema that its variant and version choose: in two steps, for
 * variables have values only when all documents have been parsed. */
import type { Sink } from "../report/notes.ts";
import { quote } from "../report/violation.ts";
import type { ObjectShape } from "../schema/shape.ts";
import { decodeDocument } from "../schema/decode.ts";
import { checkDuplicates } from "../schema/duplicates.ts";
import type { Tree } from "../schema/tree.ts";
import { nearest } from "../text/nearest.ts";
import type { Expand } from "../variables/expand.ts";
import { entryOf, type YamlNode, type YamlScalar } from "../yaml/yaml-node.ts";
import { schemaFor, versionsOf } from "./schemas.ts";

/** Variants of Butane that are not read: their keys would all be reported as mistakes of a slipway document. */
const FOREIGN: readonly string[] = ["openshift", "rhcos"];

const scalarAt = (root: YamlNode, name: string): YamlScalar | undefined => {
  const value = entryOf(root, name);
  return value?.kind === "scalar" ? value : undefined;
};

/** Whether the document says that it is something else than this program reads; reports it if so. */
export const isUnreadable = (root: YamlNode, sink: Sink): boolean => {
  const variant = scalarAt(root, "variant");
  const version = scalarAt(root, "version");
  if (variant !== undefined && FOREIGN.includes(variant.text)) {
    sink({
      violation: {
        rule: "unknown-variant",
        message: `variant ${quote(variant.text)} is Butane's and cannot be read`,
        hint: "use `variant: slipway` or `variant: fcos`; their sections have the same keys",
      },
      path: ["variant"],
      at: variant.at,
    });
    return true;
  }
  const known = versionsOf("slipway");
  if (version === undefined || version.text === "" || known.includes(version.text)) return false;
  const near = nearest(version.text, known) ?? known.at(-1);
  sink({
    violation: {
      rule: "unknown-version",
      message: `there is no version ${quote(version.text)} of variant slipway`,
      hint: `write \`version: ${near}\``,
    },
    path: ["version"],
    at: version.at,
  });
  // What is no version at all is a slip; another version's keys are not ours to judge.
  return /^[0-9]+\.[0-9]+\.[0-9]+/.test(version.text);
};

/** The part of the language that has to be known before there are variables. */
const headShape = (shape: ObjectShape): ObjectShape => ({
  ...shape,
  fields: new Map([...shape.fields].filter(([name]) => name === "include")),
});

/** The documents that a document includes, as far as they are named well. What is wrong is said when it is decoded. */
export const includesOf = (root: YamlNode): readonly (Tree & { readonly kind: "value" })[] => {
  const head = decodeDocument(headShape(schemaFor("slipway", "1.0.0").shape), root, () => {});
  const list = head?.kind === "object" ? head.fields.get("include") : undefined;
  if (list?.kind !== "list") return [];
  return list.items.flatMap((item) => (item.kind === "value" ? [item] : []));
};

/**
 * The document as far as it can be made sense of, with its variables put in by `expand`. Everything that is wrong with
 * the document by itself goes to `sink`.
 */
export const decodeSlipway = (root: YamlNode, sink: Sink, expand: Expand): Tree | undefined => {
  const { shape } = schemaFor("slipway", "1.0.0");
  // `isUnreadable` has spoken about the version; its field need not say it again.
  const quiet: Sink = (note) => {
    const isVersion = note.violation.rule === "unknown-value" && note.path[0] === "version";
    if (!isVersion) sink(note);
  };
  const tree = decodeDocument(shape, root, quiet, expand);
  if (tree !== undefined) checkDuplicates(tree, shape, sink);
  return tree;
};
