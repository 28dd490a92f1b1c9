/** Texts that a document takes from files beside it. */
import type { DefinitionIo } from "../../io.ts";
import { resolvePath } from "../../names/relative-path.ts";
import type { Sink } from "../../report/notes.ts";
import { quote, type Violation } from "../../report/violation.ts";
import { pathOf, type Tree } from "../../schema/tree.ts";
import { decodeText } from "../../text/decode-text.ts";
import { textOf } from "./build-tree.ts";

/** The largest of these files, in bytes: units and lists of keys. */
export const MAX_LOCAL_TEXT_BYTES: number = 1024 * 1024;

const PROBLEMS = {
  missing: "does not exist",
  directory: "is a directory, not a file",
  denied: "may not be read",
  "too-large": `is larger than ${MAX_LOCAL_TEXT_BYTES} bytes`,
  failed: "cannot be read",
} as const;

/** Reports at a value. */
export const sayAt = (sink: Sink, tree: Tree, violation: Violation): void =>
  sink({ violation, path: pathOf(tree.trail), at: tree.at });

/** The text of the file that a value names; undefined when there is none, which has been reported. */
export const readLocalText = async (
  tree: Tree,
  io: DefinitionIo,
  sink: Sink,
): Promise<string | undefined> => {
  const name = textOf(tree);
  if (name === undefined) return undefined;
  const file = resolvePath(tree.at.source.file, name);
  const result = await io.read(file, MAX_LOCAL_TEXT_BYTES);
  const isTooLarge = result.ok && result.bytes.length > MAX_LOCAL_TEXT_BYTES;
  if (!result.ok || isTooLarge) {
    const reason = result.ok ? "too-large" : result.reason;
    sayAt(sink, tree, {
      rule: "missing-file",
      message: `local file ${quote(file)} ${PROBLEMS[reason]}`,
      hint: "check the path, which is relative to the directory of this document",
    });
    return undefined;
  }
  const decoded = decodeText(file, result.bytes);
  if (decoded.ok) return decoded.source.text;
  sayAt(sink, tree, {
    ...decoded.violation,
    message: `local file ${quote(file)}: ${decoded.violation.message}`,
  });
  return undefined;
};
