/** `contents_local` of units and drop-ins, and `ssh_authorized_keys_local` of users. */
import type { DefinitionIo } from "../../io.ts";
import { sshKey } from "../../names/account.ts";
import type { Sink } from "../../report/notes.ts";
import { quote } from "../../report/violation.ts";
import type { ObjectTree, Tree } from "../../schema/tree.ts";
import type { TextRule } from "../../schema/shape.ts";
import { unitTextRule } from "../v1_0/unit-text-rule.ts";
import { fieldOf, itemsOf, madeValue, withFields, withItems } from "./build-tree.ts";
import { readLocalText, sayAt } from "./local-text.ts";

/** An object with `contents` in the place of `contents_local`. */
export const withLocalContents = async (
  tree: Tree,
  io: DefinitionIo,
  sink: Sink,
  rule: TextRule = unitTextRule,
): Promise<Tree> => {
  const local = fieldOf(tree, "contents_local");
  if (tree.kind !== "object" || local === undefined) return tree;
  const bare = withFields(tree, { contents_local: undefined });
  if (bare.fields.has("contents")) {
    sayAt(sink, local, {
      rule: "several-sources",
      message: "contents are given by `contents` and `contents_local`",
      hint: "keep one of them",
    });
    return bare;
  }
  const text = await readLocalText(local, io, sink);
  if (text === undefined) return bare;
  const violation = rule.check(text);
  if (violation !== undefined) sayAt(sink, local, violation);
  return withFields(bare, { contents: madeValue(text, local) });
};

export const withLocalUnit = async (tree: Tree, io: DefinitionIo, sink: Sink): Promise<Tree> => {
  const unit = await withLocalContents(tree, io, sink);
  const dropins = fieldOf(unit, "dropins");
  if (unit.kind !== "object" || dropins?.kind !== "list") return unit;
  const items: Tree[] = [];
  for (const dropin of dropins.items) items.push(await withLocalContents(dropin, io, sink));
  return withFields(unit, { dropins: { ...dropins, items } });
};

const keysIn = async (file: Tree, io: DefinitionIo, sink: Sink): Promise<readonly Tree[]> => {
  const text = await readLocalText(file, io, sink);
  const lines = (text ?? "").split("\n").map((line) => line.trim());
  return lines.flatMap((line, index): readonly Tree[] => {
    if (line === "" || line.startsWith("#")) return [];
    const violation = sshKey.check(line);
    if (violation === undefined) return [madeValue(line, file)];
    sayAt(sink, file, {
      ...violation,
      message: `line ${index + 1} of ${quote(String(file.kind === "value" ? file.value : ""))} is no SSH public key`,
    });
    return [];
  });
};

/** The keys of the files are added to those that stand in the document. */
export const withLocalKeys = async (
  user: ObjectTree,
  io: DefinitionIo,
  sink: Sink,
): Promise<Tree> => {
  const files = fieldOf(user, "ssh_authorized_keys_local");
  if (files === undefined) return user;
  const found: Tree[] = [];
  for (const file of itemsOf(files)) found.push(...(await keysIn(file, io, sink)));
  const known = fieldOf(user, "ssh_authorized_keys");
  const seen = new Set(itemsOf(known).map((key) => (key.kind === "value" ? key.value : undefined)));
  const keys = found.filter((key) => {
    if (key.kind !== "value" || seen.has(key.value)) return false;
    seen.add(key.value);
    return true;
  });
  return withFields(user, {
    ssh_authorized_keys_local: undefined,
    ssh_authorized_keys: withItems(known, keys, files),
  });
};
