/** Reads of a root what the comparison of units and presets needs. */
import { MANAGERS, unitDirectories } from "../lint/unit-space.ts";
import type { RootTree } from "./root-tree.ts";
import { compareTexts } from "./order.ts";
import type { UnitFile } from "./units.ts";

/** Names in the directories of units, in the order of the load path. */
export const readUnitFiles = async (tree: RootTree): Promise<readonly UnitFile[]> => {
  const files: UnitFile[] = [];
  for (const manager of MANAGERS) {
    for (const directory of unitDirectories(manager)) {
      for (const { name, type, nid } of await namesIn(tree, directory)) {
        if (type === "directory") {
          for (const inside of await namesIn(tree, `${directory}/${name}`)) {
            const path = `${directory}/${name}/${inside.name}`;
            const target = await targetOf(tree, inside.nid, inside.type);
            files.push({ manager, path, directory, folder: name, name: inside.name, ...target });
          }
        } else {
          const path = `${directory}/${name}`;
          files.push({
            manager,
            path,
            directory,
            folder: "",
            name,
            ...(await targetOf(tree, nid, type)),
          });
        }
      }
    }
  }
  return files;
};

/** Texts of the preset files by path. */
export const readPresetFiles = async (tree: RootTree): Promise<ReadonlyMap<string, string>> => {
  const texts = new Map<string, string>();
  for (const place of ["/etc", "/usr/local/lib", "/usr/lib"]) {
    for (const manager of MANAGERS) {
      const directory = `${place}/systemd/${manager}-preset`;
      for (const { name } of await namesIn(tree, directory)) {
        const path = `${directory}/${name}`;
        const text = name.endsWith(".preset") ? await tree.text(path) : undefined;
        if (text !== undefined) texts.set(path, text);
      }
    }
  }
  return texts;
};

const namesIn = async (tree: RootTree, path: string) => {
  const found = await tree.find(path);
  if (found?.type !== "directory") return [];
  return (await tree.list(found.nid)).toSorted((a, b) => compareTexts(a.name, b.name));
};

const targetOf = async (
  tree: RootTree,
  nid: number,
  type: string,
): Promise<{ readonly target?: string }> =>
  type === "link" ? { target: await tree.linkTarget(await tree.inode(nid)) } : {};
