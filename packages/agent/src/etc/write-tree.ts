/** Carrying out the steps of a plan on the mounted /etc of the new release. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import process from "node:process";
import type { Exec } from "@slipway/host";
import { type EtcPath, modeOf } from "./node.ts";
import { OpenTree } from "./open-tree.ts";
import type { Result, Side } from "./three-way.ts";
import type { WriteStep } from "./write-plan.ts";
import { directoryXattrsCommands, fileXattrsCommand } from "./xattrs.ts";

export interface WritePlaces {
  /** The mounted overlay; nobody else has a way to it. */
  readonly merged: string;
  /** The node's /etc as it runs. */
  readonly node: string;
  /** The new image's own /etc. */
  readonly image: string;
  /** A file that may be written and removed. */
  readonly scratchFile: string;
}

const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export const writeSteps = async (
  exec: Exec,
  steps: readonly WriteStep[],
  places: WritePlaces,
): Promise<void> => {
  using node = new OpenTree(places.node);
  using image = new OpenTree(places.image);
  const writer: Writer = { exec, trees: { node, image }, places };
  for (const step of steps) {
    const at = Buffer.from(`${places.merged}/${step.path}`, "latin1");
    switch (step.what) {
      case "remove":
        rmSync(at, { recursive: true });
        break;
      case "create":
        await create(writer, step.path, step.result, at);
        break;
      case "set-attributes":
        await setDirectory(writer, step.path, step.result, at);
        break;
    }
  }
};

interface Writer {
  readonly exec: Exec;
  readonly trees: Readonly<Record<Side, OpenTree>>;
  readonly places: WritePlaces;
}

const create = async (writer: Writer, path: EtcPath, result: Result, at: Buffer): Promise<void> => {
  const { node } = result;
  switch (node.kind) {
    case "directory":
      mkdirSync(at, 0o700);
      await setDirectory(writer, path, result, at);
      return;
    case "symlink":
      symlinkSync(Buffer.from(node.target, "latin1"), at);
      lchownSync(at, node.uid, node.gid);
      return;
    case "file":
      await createFile(writer, path, result, at);
      return;
  }
};

/** Nobody but root can read a file before its owner and mode are what they shall be. */
const createFile = async (
  writer: Writer,
  path: EtcPath,
  result: Result,
  at: Buffer,
): Promise<void> => {
  const { node, sources, bytes } = result;
  const file = openSync(at, NEW_FILE, 0o600);
  try {
    if (bytes !== undefined) writeAll(file, bytes);
    else writer.trees[sources.contents].read(path, (chunk) => writeAll(file, chunk));
    fchownSync(file, node.uid, node.gid);
    if (node.xattrs !== "") await copyFileXattrs(writer, path, sources.xattrs, file);
    fchmodSync(file, modeOf(node));
    if (bytes === undefined) {
      const { atime, mtime } = writer.trees[sources.contents].lstat(path);
      futimesSync(file, atime, mtime);
    }
  } finally {
    closeSync(file);
  }
};

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
};

/** By numbers of open files: a name may hold bytes that no argument can, and may mean another file by now. */
const opened = (file: number): string => `/proc/${process.pid}/fd/${file}`;

const copyFileXattrs = async (
  writer: Writer,
  path: EtcPath,
  side: Side,
  to: number,
): Promise<void> => {
  const from = writer.trees[side].open(path);
  try {
    await writer.exec.run(fileXattrsCommand(opened(from), opened(to)));
  } finally {
    closeSync(from);
  }
};

const setDirectory = async (
  writer: Writer,
  path: EtcPath,
  result: Result,
  at: Buffer,
): Promise<void> => {
  const { node, sources } = result;
  chownSync(at, node.uid, node.gid);
  if (node.xattrs !== "") {
    const from = writer.trees[sources.xattrs].openDirectory(path);
    const to = openSync(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const commands = directoryXattrsCommands(opened(from), opened(to), writer.places.scratchFile);
      for (const command of commands) await writer.exec.run(command);
      rmSync(writer.places.scratchFile);
      fchownSync(to, node.uid, node.gid);
    } finally {
      closeSync(from);
      closeSync(to);
    }
  }
  chmodSync(at, modeOf(node));
};
