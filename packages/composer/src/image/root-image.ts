/** The root's file system and its verity tree. */
import { chmod } from "node:fs/promises";
import path from "node:path";
import { type Command, HostError } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { BLOCK_BYTES } from "./geometry.ts";

export interface RootImageRequest {
  readonly tree: string;
  /** Seconds since 1970: the time of every file, kept in the superblock alone. */
  readonly epoch: number;
  readonly uuid: string;
  /** Completes the volume name; at most 15 bytes are kept. */
  readonly label: string;
}

/**
 * mkfs.erofs(1). Uncompressed, and without inline tails, so that a file's data is whole blocks that stay the same
 * when it stays the same. `-T` gives all files one time, which lets every inode be a compact one: a new epoch
 * changes the superblock and nothing else.
 */
export const erofsCommand = (request: RootImageRequest, image: string): Command => ({
  argv: [
    "mkfs.erofs",
    "--quiet",
    `-b${BLOCK_BYTES}`,
    "-E^inline_data",
    `-T${request.epoch}`,
    `-U${request.uuid}`,
    `-L${request.label.slice(0, 15)}`,
    image,
    request.tree,
  ],
  purpose: "formatting the root image",
});

export interface VerityRequest {
  readonly salt: string;
  readonly uuid: string;
}

/** veritysetup(8): hash type 1 (salt first), SHA-256, with a superblock, so that the data's size is in the tree. */
export const verityCommand = (request: VerityRequest, image: string, tree: string): Command => ({
  argv: [
    "veritysetup",
    "format",
    "--hash=sha256",
    `--data-block-size=${BLOCK_BYTES}`,
    `--hash-block-size=${BLOCK_BYTES}`,
    `--salt=${request.salt}`,
    `--uuid=${request.uuid}`,
    image,
    tree,
  ],
  purpose: "hashing the root image",
});

/** The root hash from veritysetup's report. */
export const parseRootHash = (report: string): string => {
  const roothash = /^Root hash:\s+([0-9a-f]{64})$/m.exec(report)?.[1];
  if (roothash === undefined) {
    throw new ComposerError("TOOL_OUTPUT", "veritysetup reported no root hash of 64 digits");
  }
  return roothash;
};

/** What mkfs.erofs says when it cannot write; undefined for any other line. Pure. */
export const writeFailure = (line: string): string | undefined =>
  /^<E> erofs_io: failed to write: (.+)$/.exec(line)?.[1];

/** Makes `root.erofs` in `directory`. */
export const makeRootImage = async (
  toolbox: Toolbox,
  request: RootImageRequest,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string> => {
  const image = path.join(directory, "root.erofs");
  // mkfs.erofs 1.8.6 waits for ever for the thread that could not write, so it has to be ended.
  const stuck = new AbortController();
  let failure: string | undefined;
  const command = erofsCommand(request, image);
  await toolbox
    .run(command, {
      writable: [directory],
      readable: [request.tree],
      signal: signal === undefined ? stuck.signal : AbortSignal.any([signal, stuck.signal]),
      onStderrLine: (line) => {
        failure ??= writeFailure(line);
        if (failure !== undefined) stuck.abort();
      },
    })
    .catch((error: unknown) => {
      if (failure === undefined || signal?.aborted === true) throw error;
      throw new HostError("COMMAND_FAILED", `mkfs.erofs could not write ${image}: ${failure}`, {
        command,
        output: failure,
        cause: error,
      });
    });
  return image;
};

/** Makes `root.verity` beside `root.erofs` and returns the root hash. */
export const makeVerityTree = async (
  toolbox: Toolbox,
  request: VerityRequest,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<string> => {
  const tree = path.join(directory, "root.verity");
  const result = await toolbox.run(
    verityCommand(request, path.join(directory, "root.erofs"), tree),
    { writable: [directory], ...(signal === undefined ? {} : { signal }) },
  );
  // veritysetup makes it for its owner alone; it is no secret, and a web server has to read it.
  await chmod(tree, 0o644);
  return parseRootHash(result.stdout);
};
