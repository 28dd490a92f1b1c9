/** One document with everything that is short for something else written out, before it is merged with others. */
import type { DefinitionIo } from "../../io.ts";
import type { Sink } from "../../report/notes.ts";
import type { Tree } from "../../schema/tree.ts";
import { fieldOf, itemsOf, withFields } from "./build-tree.ts";
import { NodeLists } from "./nodes.ts";
import { addQuadlet } from "./quadlets.ts";
import { addTree } from "./trees.ts";
import { withLocalKeys, withLocalUnit } from "./units.ts";

const mapItems = async (
  list: Tree | undefined,
  change: (item: Tree) => Promise<Tree>,
): Promise<Tree | undefined> => {
  if (list?.kind !== "list") return list;
  const items: Tree[] = [];
  // One after the other: a definition may name more files than may be open at once.
  for (const item of list.items) items.push(await change(item));
  return { ...list, items };
};

/** Reads the local files and directories that the document names; rejects only if `io` does. */
export const desugar = async (document: Tree, io: DefinitionIo, sink: Sink): Promise<Tree> => {
  if (document.kind !== "object") return document;
  const { storage, systemd, passwd } = Object.fromEntries(document.fields);
  const trees = itemsOf(fieldOf(storage, "trees"));
  const quadlets = itemsOf(fieldOf(systemd, "quadlets"));
  const nodes = new NodeLists(storage);
  for (const tree of trees) await addTree(tree, nodes, io, sink);
  for (const quadlet of quadlets) await addQuadlet(quadlet, nodes, io, sink);
  const units = await mapItems(fieldOf(systemd, "units"), (unit) => withLocalUnit(unit, io, sink));
  const users = await mapItems(fieldOf(passwd, "users"), async (user) =>
    user.kind === "object" ? withLocalKeys(user, io, sink) : user,
  );
  const [first] = [...trees, ...quadlets];
  return withFields(document, {
    storage: first === undefined ? storage : nodes.storage(storage, first, ["trees"]),
    systemd:
      systemd?.kind === "object" ? withFields(systemd, { units, quadlets: undefined }) : systemd,
    passwd: passwd?.kind === "object" ? withFields(passwd, { users }) : passwd,
  });
};
