/** What became of a file of the root. Pure. */
import type { FileType } from "../file-type.ts";
import { compareTexts } from "./order.ts";

/** A file, directory, link or other node as a root has it. */
export interface FileNode {
  readonly type: FileType;
  /** Permission bits with the set-id and sticky bits, four octal digits or more: `0755`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file. */
  readonly size?: number;
  /** Of a link. */
  readonly target?: string;
  /** Major and minor number of a device. */
  readonly device?: string;
  /** Extended attributes by name, values in hexadecimal. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** In what two nodes of one path differ. */
export type FileAspect = "type" | "contents" | "target" | "device" | "mode" | "owner" | "xattrs";

export type FileChange =
  | { readonly change: "added"; readonly path: string; readonly after: FileNode }
  | { readonly change: "removed"; readonly path: string; readonly before: FileNode }
  | {
      readonly change: "changed";
      readonly path: string;
      /** Where it was, when a kernel's release in its path changed with the kernel. */
      readonly pathBefore?: string;
      readonly aspects: readonly FileAspect[];
      readonly before: FileNode;
      readonly after: FileNode;
    };

/** In what two nodes differ; of their contents `isSame` knows. */
export const aspectsOf = (
  before: FileNode,
  after: FileNode,
  isSame: boolean,
): readonly FileAspect[] => {
  const isLink = after.type === "link";
  const differs: Readonly<Record<FileAspect, boolean>> = {
    type: before.type !== after.type,
    contents: before.type === after.type && !isSame,
    target: before.type === after.type && before.target !== after.target,
    device: before.type === after.type && before.device !== after.device,
    // Nobody looks at the mode of a link.
    mode: before.mode !== after.mode && !(isLink && before.type === "link"),
    owner: before.uid !== after.uid || before.gid !== after.gid,
    xattrs: xattrText(before) !== xattrText(after),
  };
  return ASPECTS.filter((aspect) => differs[aspect]);
};

const ASPECTS = [
  "type",
  "contents",
  "target",
  "device",
  "mode",
  "owner",
  "xattrs",
] as const satisfies readonly FileAspect[];

const xattrText = ({ xattrs }: FileNode): string =>
  JSON.stringify(Object.entries(xattrs ?? {}).toSorted(([a], [b]) => compareTexts(a, b)));

export const modeText = (mode: number): string => mode.toString(8).padStart(4, "0");
