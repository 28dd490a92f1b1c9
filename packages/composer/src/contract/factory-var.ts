/** `/var` as the image has it, kept in a factory from which each node makes its own once. */
import type { Finding } from "@slipway/ignition-config";
import { finding } from "../bake/finding.ts";
import { inRoot, type InRoot, isWithin, nameOf, parentOf } from "../bake/in-root-path.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { emptyDirectory, moveInto, TMPFILES } from "./links.ts";
import {
  formatVarConf,
  isSayableTarget,
  parseTmpfiles,
  type TmpfilesEntry,
  type VarNode,
} from "./tmpfiles.ts";
import { walk } from "./walk.ts";

export const VAR_CONF = "/usr/lib/tmpfiles.d/slipway-var.conf";
export const FACTORY = "/usr/share/factory/var";

/** Empties `/var`; what was in it is in the factory afterwards, and in the lines that bring it back. */
export const makeFactoryVar = (root: RootDirectory): readonly Finding[] => {
  const variable = root.resolve("/var");
  const made = tmpfilesEntries(root);
  const findings: Finding[] = [];
  const say = (level: Finding["level"], path: InRoot, fact: string, hint: string): void => {
    findings.push(finding(level, "var-node", `${path}: ${fact}`, { hint }));
  };
  const nodes: VarNode[] = [];
  const links: InRoot[] = [];
  const files: InRoot[] = [];
  walk(root, variable, ({ path, kind }) => {
    const others = made.get(path);
    // What Node reads for bytes that are no UTF-8; the name cannot be written down again.
    if (path.includes("\uFFFD")) say("error", path, "the name is not UTF-8", "rename it");
    switch (kind) {
      case "directory":
        // Lines of systemd and of packages say more than ours would: ages, attributes, access lists.
        if (others !== "directory") nodes.push(describe(root, path, "directory"));
        break;
      case "file":
        files.push(path);
        if (others !== undefined) {
          const fact = "a tmpfiles.d line of the tree makes something there too";
          say("warning", path, fact, "keep one of the two: which of them wins hangs on file names");
        }
        nodes.push(describe(root, path, "file"));
        break;
      case "symlink": {
        const target = root.readlink(path);
        links.push(path);
        if (others === "symlink") break;
        if (isSayableTarget(target)) nodes.push({ kind: "symlink", path, target });
        else
          say("error", path, "tmpfiles.d cannot say this link's target", "choose another target");
        break;
      }
      case "special":
        say("error", path, "is no file, directory or link", "make it when the system starts");
        break;
    }
    return undefined;
  });

  for (const link of links) root.remove(link);
  removeEmpty(root, variable, files);
  const factory = root.resolve(FACTORY);
  root.makeDirectories(parentOf(factory));
  for (const name of root.list(variable)) {
    root.makeDirectories(factory);
    moveInto(root, inRoot(`${variable}/${name}`), inRoot(`${factory}/${name}`));
  }
  emptyDirectory(root, variable, 0o755);
  const conf = root.resolve(VAR_CONF);
  root.makeDirectories(parentOf(conf));
  root.replaceFile(conf, formatVarConf(nodes, root.readText(conf)), 0o644);
  return findings;
};

const describe = (root: RootDirectory, path: InRoot, kind: "directory" | "file"): VarNode => ({
  kind,
  path,
  mode: (root.lstat(path)?.mode ?? 0) & 0o7777,
  ...root.ownerOf(path),
});

/** A directory without a file in it is wholly described by its line. */
const removeEmpty = (root: RootDirectory, directory: InRoot, files: readonly InRoot[]): void => {
  const needed = new Set<string>();
  for (const file of files) {
    for (let at = parentOf(file); isWithin(at, directory) && !needed.has(at); at = parentOf(at)) {
      needed.add(at);
    }
  }
  const empty: InRoot[] = [];
  walk(root, directory, ({ path, kind }) => {
    if (kind !== "directory" || needed.has(path)) return undefined;
    empty.push(path);
    return "leave";
  });
  for (const path of empty) root.remove(path);
};

const tmpfilesEntries = (root: RootDirectory): ReadonlyMap<string, TmpfilesEntry["makes"]> => {
  const entries = new Map<string, TmpfilesEntry["makes"]>();
  for (const directory of TMPFILES) {
    walk(root, root.resolve(directory, "follow"), ({ path, kind }) => {
      if (kind !== "file" || !nameOf(path).endsWith(".conf") || path === VAR_CONF) return "leave";
      for (const entry of parseTmpfiles(root.readText(path) ?? "")) {
        if (!entries.has(entry.path)) entries.set(entry.path, entry.makes);
      }
      return "leave";
    });
  }
  return entries;
};
