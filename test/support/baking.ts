/** Trees in a temporary directory, and configs to bake into them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import {
  type BakeReport,
  bakeConfig,
  type Ownership,
  realOwnership,
  recordedOwnership,
} from "@slipway/composer";
import type { Config, File, Link, Range, Resource, User } from "@slipway/ignition-config";
import { paintTree, type PictureNode, type SeenNode, seeTree } from "./tree-picture.ts";

export const lineOf = (line: number): Range => ({
  file: "image.yaml",
  start: { line, column: 1, offset: line * 100 },
  end: { line, column: 2, offset: line * 100 + 1 },
});
const origin = lineOf(1);

export const aFile = (path: string, more: Partial<File> = {}): File => ({
  ...{ path, append: [], origin },
  ...more,
});
export const aLink = (path: string, target: string, more: Partial<Link> = {}): Link => ({
  ...{ path, target, origin },
  ...more,
});
export const aUser = (name: string, more: Partial<User> = {}): User => ({
  ...{ name, groups: [], sshAuthorizedKeys: [], origin },
  ...more,
});
export const inline = (text: string): Resource => ({ kind: "inline", text, origin });
export const local = (path: string, more: Partial<Resource> = {}): Resource => ({
  ...{ kind: "local", path, origin },
  ...(more as object),
});

interface Items {
  readonly directories?: Config["storage"]["directories"];
  readonly files?: Config["storage"]["files"];
  readonly links?: Config["storage"]["links"];
  readonly units?: Config["systemd"]["units"];
  readonly users?: Config["passwd"]["users"];
  readonly groups?: Config["passwd"]["groups"];
}

export const aConfig = (items: Items): Pick<Config, "storage" | "systemd" | "passwd"> => ({
  storage: {
    directories: items.directories ?? [],
    files: items.files ?? [],
    links: items.links ?? [],
  },
  systemd: { units: items.units ?? [] },
  passwd: { users: items.users ?? [], groups: items.groups ?? [] },
});

/** A tree, made of nodes with a directory for it, and the owners that its nodes have. */
export interface Workbench extends Disposable {
  /** A directory beside the tree. */
  readonly outside: string;
  readonly root: string;
  readonly ownership: Ownership;
  readonly paint: (nodes: readonly PictureNode[]) => void;
  readonly bake: (
    items: Items,
    more?: Partial<Parameters<typeof bakeConfig>[0]>,
  ) => Promise<BakeReport>;
  readonly see: () => ReadonlyMap<string, SeenNode>;
}

export const aWorkbench = (
  nodes: readonly PictureNode[] = [],
  place: string = tmpdir(),
): Workbench => {
  const scratch = mkdtempSync(join(place, "slipway-bake-"));
  const [root, outside] = [join(scratch, "root"), join(scratch, "outside")];
  const ownership = process.getuid?.() === 0 ? realOwnership : recordedOwnership();
  paintTree(root, [{ path: "/", type: "dir", mode: 0o755 }], ownership);
  paintTree(outside, [{ path: "/", type: "dir", mode: 0o755 }], ownership);
  paintTree(root, nodes, ownership);
  return {
    ...{ root, outside, ownership },
    paint: (more) => paintTree(root, more, ownership),
    bake: (items, more = {}) =>
      bakeConfig({
        ...{ root, ownership },
        definition: { config: aConfig(items), image: { slotSizeMib: 256 } },
        ...more,
      }),
    see: () => seeTree(root, ownership),
    [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true }),
  };
};

/** Level, line and message of each finding. */
export const told = ({ findings }: Pick<BakeReport, "findings">): readonly string[] =>
  findings.map(({ level, range, message }) => `${level} ${range?.start.line ?? 0}: ${message}`);

export const ACCOUNTS: readonly PictureNode[] = [
  { path: "/etc", type: "dir", mode: 0o755 },
  {
    ...{ path: "/etc/passwd", type: "file", mode: 0o644 },
    contents: "root:x:0:0:root:/root:/bin/bash\nold:x:1001:1001::/home/old:/bin/sh\n",
  },
  {
    ...{ path: "/etc/group", type: "file", mode: 0o644 },
    contents: "root:x:0:\nadm:x:4:\nshadow:x:42:\nusers:x:100:\nold:x:1001:\n",
  },
  {
    ...{ path: "/etc/shadow", type: "file", mode: 0o640, gid: 42 },
    contents: "root:*:::::::\nold:H:::::::\n",
  },
  { path: "/etc/gshadow", type: "file", mode: 0o640, gid: 42, contents: "root:*::\n" },
  {
    ...{ path: "/etc/login.defs", type: "file", mode: 0o644 },
    contents: "USERGROUPS_ENAB yes\nHOME_MODE 0700\n",
  },
];
