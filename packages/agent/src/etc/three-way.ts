/** The rule for one path: what the old image had, what the node has, what the new image has. */
import { contentOf, type EtcNode, isSameNode, modeOf } from "./node.ts";

/** Whose state a part of a node is taken from. */
export type Side = "node" | "image";

/** Both the node and the new image changed something, each in its own way; the node's stays. */
export type ConflictReason =
  | { readonly code: "changed-by-both"; readonly parts: readonly Part[] }
  | { readonly code: "added-by-both" }
  | { readonly code: "deleted-here-changed-there" }
  | { readonly code: "changed-here-deleted-there" }
  | { readonly code: "directory-here-other-there" }
  | { readonly code: "no-directory-here" }
  | { readonly code: "account"; readonly account: string; readonly detail: string };

export type Part = "contents" | "mode" | "owner" | "extended attributes";

export interface Sources {
  readonly contents: Side;
  readonly mode: Side;
  readonly owner: Side;
  readonly xattrs: Side;
}

/** What will be at a path, and where each part of it comes from. */
export interface Result {
  readonly node: EtcNode;
  readonly sources: Sources;
  /** The bytes of a file that is neither the node's nor the image's. */
  readonly bytes?: Uint8Array;
}

export interface Decision {
  /** Undefined: nothing will be there. */
  readonly result: Result | undefined;
  readonly conflicts: readonly ConflictReason[];
}

export interface Versions<T> {
  /** In the image that runs. */
  readonly old: T;
  /** What the node has made of that. */
  readonly node: T;
  /** In the image that comes. */
  readonly image: T;
}

export const wholly = (side: Side, node: EtcNode | undefined): Decision["result"] =>
  node === undefined
    ? undefined
    : { node, sources: { contents: side, mode: side, owner: side, xattrs: side } };

const decided = (
  result: Decision["result"],
  ...conflicts: readonly ConflictReason[]
): Decision => ({
  result,
  conflicts,
});

/** The three-way rule. Where the node changed nothing the image wins, and the other way round; the node wins conflicts. */
export const decideNode = ({ old, node, image }: Versions<EtcNode | undefined>): Decision => {
  if (isSameNode(node, image) || isSameNode(node, old)) return decided(wholly("image", image));
  if (isSameNode(image, old)) return decided(wholly("node", node));
  if (node === undefined) {
    // A directory that was deleted here is the absence of what was in it: nobody decided against more.
    const isDirectory = old?.kind === "directory" && image?.kind === "directory";
    return isDirectory
      ? decided(undefined)
      : decided(undefined, { code: "deleted-here-changed-there" });
  }
  if (image === undefined)
    return decided(wholly("node", node), { code: "changed-here-deleted-there" });
  if (node.kind !== image.kind) {
    const code = old === undefined ? "added-by-both" : "changed-by-both";
    return decided(
      wholly("node", node),
      code === "added-by-both" ? { code } : { code, parts: ["contents"] },
    );
  }
  return decideParts({ old: old?.kind === node.kind ? old : undefined, node, image });
};

interface Choice {
  readonly side: Side;
  readonly isConflict: boolean;
}

const choose = (read: (node: EtcNode) => string | number, versions: PartVersions): Choice => {
  const [mine, theirs] = [read(versions.node), read(versions.image)];
  if (mine === theirs) return { side: "image", isConflict: false };
  const before = versions.old === undefined ? undefined : read(versions.old);
  if (mine === before) return { side: "image", isConflict: false };
  return { side: "node", isConflict: theirs !== before };
};

interface PartVersions {
  readonly old: EtcNode | undefined;
  readonly node: EtcNode;
  readonly image: EtcNode;
}

/** Nodes of one kind: someone may have changed the mode, and someone else the contents. */
const decideParts = (versions: PartVersions): Decision => {
  const choices = {
    contents: choose(contentOf, versions),
    mode: choose(modeOf, versions),
    owner: choose(({ uid, gid }) => `${uid}:${gid}`, versions),
    xattrs: choose(({ xattrs }) => xattrs, versions),
  };
  const parts: Part[] = [];
  if (choices.contents.isConflict) parts.push("contents");
  if (choices.mode.isConflict) parts.push("mode");
  if (choices.owner.isConflict) parts.push("owner");
  if (choices.xattrs.isConflict) parts.push("extended attributes");
  const sources: Sources = {
    contents: choices.contents.side,
    mode: choices.mode.side,
    owner: choices.owner.side,
    xattrs: choices.xattrs.side,
  };
  const result: Result = { node: compose(versions, sources), sources };
  if (parts.length === 0) return decided(result);
  return decided(
    result,
    versions.old === undefined ? { code: "added-by-both" } : { code: "changed-by-both", parts },
  );
};

/** The node that the chosen parts make. */
export const compose = (
  versions: Pick<PartVersions, "node" | "image">,
  sources: Sources,
): EtcNode => {
  const of = (side: Side): EtcNode => (side === "node" ? versions.node : versions.image);
  const body = of(sources.contents);
  const { uid, gid } = of(sources.owner);
  const { xattrs } = of(sources.xattrs);
  return body.kind === "symlink"
    ? { ...body, uid, gid, xattrs }
    : { ...body, uid, gid, xattrs, mode: modeOf(of(sources.mode)) };
};
