/**
 * Extended attributes and access lists, by way of cp and tar: Node has no calls for them, and a node has no getfattr. cp
 * makes a copy of the tree without contents, so that the archive stays small however large a file in /etc is.
 */
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command, Exec } from "@slipway/host";
import { EtcError } from "./errors.ts";
import type { EtcNode, EtcPath, EtcTree } from "./node.ts";
import { unlessChanged } from "./scan.ts";
import { TAR_BLOCK, tarHeader, xattrRecords } from "./pax.ts";

const ATTRIBUTES = ["--xattrs", "--xattrs-include=*", "--acls", "--numeric-owner"];

const skeletonCommand = (from: string, to: string): Command => ({
  argv: [
    "cp",
    ...["--recursive", "--no-dereference", "--no-target-directory", "--attributes-only"],
    "--preserve=mode,ownership,xattr",
    ...["--", from, to],
  ],
  purpose: `reading the extended attributes in ${from}`,
});

const archiveCommand = (directory: string, list: string, archive: string): Command => ({
  argv: [
    "tar",
    ...["--create", `--file=${archive}`, `--directory=${directory}`, "--format=posix"],
    "--pax-option=delete=atime,delete=ctime,delete=mtime",
    ...ATTRIBUTES,
    ...[
      "--hard-dereference",
      "--no-recursion",
      "--null",
      "--verbatim-files-from",
      `--files-from=${list}`,
    ],
  ],
  purpose: `reading the extended attributes in ${directory}`,
});

/** The tree as `scanTree` read it with the digests of its extended attributes. `scratch` is made and removed. */
export const withXattrs = async (
  exec: Exec,
  tree: EtcTree,
  { directory, scratch }: { readonly directory: string; readonly scratch: string },
): Promise<EtcTree> => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o700, recursive: true });
  const skeleton = join(scratch, "skeleton");
  const list = join(scratch, "list");
  const archive = join(scratch, "archive");
  const paths = [...tree.keys()];
  writeFileSync(list, Buffer.from(paths.map((path) => `./${path}\0`).join(""), "latin1"));
  await unlessChanged(tree, directory, async () => {
    await exec.run(skeletonCommand(directory, skeleton));
    await exec.run(archiveCommand(skeleton, list, archive));
  });
  const digests = readArchive(archive);
  rmSync(scratch, { recursive: true, force: true });
  if (digests.length !== paths.length) {
    throw new EtcError("KEEPS_CHANGING", `${directory} changed while its attributes were read`);
  }
  return new Map<EtcPath, EtcNode>(
    [...tree].map(([path, node], index) => [path, { ...node, xattrs: digests[index] ?? "" }]),
  );
};

/** A digest for each entry of an archive, in its order; "" for none. */
const readArchive = (archive: string): readonly string[] => {
  const digests: string[] = [];
  const file = openSync(archive, "r");
  try {
    let records: readonly string[] = [];
    for (;;) {
      const header = tarHeader(readExactly(file, TAR_BLOCK));
      if (header === undefined) return digests;
      const padded = Math.ceil(header.sizeBytes / TAR_BLOCK) * TAR_BLOCK;
      const data = readExactly(file, padded).subarray(0, header.sizeBytes);
      if (header.type === "x") {
        records = xattrRecords(data);
      } else if (header.type !== "g") {
        const text = records.join("\n");
        digests.push(text === "" ? "" : createHash("sha256").update(text, "latin1").digest("hex"));
        records = [];
      }
    }
  } finally {
    closeSync(file);
  }
};

const readExactly = (file: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes;) {
    const count = readSync(file, buffer, { offset: at });
    if (count === 0) throw new EtcError("UNREADABLE", "a tar archive of our own ends early");
    at += count;
  }
  return buffer;
};

/** Puts one file's attributes on another, both open in this process and named as `/proc/PID/fd/N`. */
export const fileXattrsCommand = (from: string, to: string): Command => ({
  argv: ["cp", "--attributes-only", "--preserve=mode,xattr", "--", from, to],
  purpose: "copying extended attributes of a file",
});

/** The same for two directories: cp would copy what is in them. `archive` is a file between the two. */
export const directoryXattrsCommands = (
  from: string,
  to: string,
  archive: string,
): readonly [Command, Command] => [
  {
    argv: [
      "tar",
      "--create",
      `--file=${archive}`,
      `--directory=${from}`,
      "--format=posix",
      ...ATTRIBUTES,
      "--no-recursion",
      ".",
    ],
    purpose: "reading extended attributes of a directory",
  },
  {
    argv: [
      "tar",
      "--extract",
      `--file=${archive}`,
      `--directory=${to}`,
      "--preserve-permissions",
      ...ATTRIBUTES,
    ],
    purpose: "writing extended attributes of a directory",
  },
];
