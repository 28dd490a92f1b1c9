/** `systemd.quadlets`: units of podman as the files that its generator reads. */
import { templateOf } from "../../butane/quadlet-name.ts";
import type { DefinitionIo } from "../../io.ts";
import type { Sink } from "../../report/notes.ts";
import { quote } from "../../report/violation.ts";
import type { Tree } from "../../schema/tree.ts";
import { fieldOf, itemsOf, madeObject, madeValue, textOf } from "./build-tree.ts";
import { sayAt } from "./local-text.ts";
import type { NodeList, NodeLists } from "./nodes.ts";
import { withLocalContents } from "./units.ts";

const SYSTEM = "/etc/containers/systemd";
const USERS = "/etc/containers/systemd/users";

/** What is added for one quadlet or drop-in. */
interface Addition {
  readonly list: NodeList;
  readonly path: string;
  readonly fields: Readonly<Record<string, Tree | undefined>>;
}

const add = (tree: Tree, { list, path, fields }: Addition, nodes: NodeLists, sink: Sink): void => {
  if (nodes.find(path) === undefined) {
    nodes.add(list, path, madeObject({ path: madeValue(path, tree), ...fields }, tree));
    return;
  }
  sayAt(sink, tree, {
    rule: "tree-conflict",
    message: `${quote(path)} is written by this unit, and by something else`,
    hint: "remove one of the two",
  });
};

/** podman reads more than systemd does: the text is left alone. */
const ANY_TEXT = { check: (): undefined => undefined };

const fileFor = async (
  tree: Tree,
  path: string,
  io: DefinitionIo,
  sink: Sink,
): Promise<Addition> => {
  const contents = fieldOf(await withLocalContents(tree, io, sink, ANY_TEXT), "contents");
  const inline = contents ?? madeValue("", tree);
  return {
    list: "files",
    path,
    fields: { mode: madeValue(0o644, tree), contents: madeObject({ inline }, inline) },
  };
};

/** Adds the files of one quadlet and of its drop-ins; an instance of a template is a link to it. */
export const addQuadlet = async (
  tree: Tree,
  nodes: NodeLists,
  io: DefinitionIo,
  sink: Sink,
): Promise<void> => {
  const name = textOf(fieldOf(tree, "name"));
  if (name === undefined) return;
  const rootful = fieldOf(tree, "rootful");
  const isRootful = rootful?.kind === "value" && rootful.value === true;
  const path = `${isRootful ? SYSTEM : USERS}/${name}`;
  const template = templateOf(name);
  const own: Addition =
    template === undefined
      ? await fileFor(tree, path, io, sink)
      : { list: "links", path, fields: { target: madeValue(template, tree) } };
  add(tree, own, nodes, sink);
  for (const dropin of itemsOf(fieldOf(tree, "dropins"))) {
    const dropinName = textOf(fieldOf(dropin, "name"));
    if (dropinName === undefined) continue;
    add(dropin, await fileFor(dropin, `${path}.d/${dropinName}`, io, sink), nodes, sink);
  }
};
