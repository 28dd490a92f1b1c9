/** Contents of files: from where the config says, unpacked, held against their digest, put in place at once. */
import { createHash, hash as digestOf } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  fstatSync,
  openSync,
  writeSync,
} from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Range, Resource } from "@slipway/ignition-config";
import { type InRoot, parentOf } from "./in-root-path.ts";
import type { RootDirectory } from "./root-directory.ts";
import { errnoOf } from "@slipway/host";
import { parseVerification } from "./verification.ts";

/** Contents cannot be had, or are not what they must be. */
export class ContentsError extends Error {
  override readonly name = "ContentsError";
  /** Where the config names them. */
  readonly range: Range;
  readonly hint: string | undefined;

  constructor(message: string, range: Range, hint?: string) {
    super(message);
    this.range = range;
    this.hint = hint;
  }
}

export interface FileParts {
  /** Whether what the file holds now comes first; its mode and owner stay too. */
  readonly keepsPresent: boolean;
  readonly parts: readonly Resource[];
}

/**
 * Puts together a file beside its place and renames it there, so that neither a failure nor another name of the same
 * inode ever sees half of it. Missing directories above are made.
 * @throws ContentsError
 */
export const writeParts = async (
  root: RootDirectory,
  path: InRoot,
  { keepsPresent, parts }: FileParts,
  limitBytes: number,
): Promise<void> => {
  root.makeDirectories(parentOf(path));
  const present = keepsPresent ? root.lstat(path) : undefined;
  const mode = present === undefined ? 0o644 : 0o600;
  const { path: temporary, file } = root.createTemporary(parentOf(path), mode);
  try {
    if (present !== undefined) copyPresent(root, path, temporary);
    let size = present?.size ?? 0;
    for (const part of parts) {
      const start = size;
      size += await consume(part, limitBytes - start, (bytes, position) =>
        writeAt(file, bytes, start + position),
      );
    }
    root.rename(temporary, path);
  } catch (error) {
    root.remove(temporary);
    throw error;
  } finally {
    closeSync(file);
  }
};

/** Gives a file an inode of its own, so that changing it changes no other name. Nothing happens if it has one. */
export const separate = (root: RootDirectory, path: InRoot): void => {
  const stats = root.lstat(path);
  if (stats === undefined || !stats.isFile() || stats.nlink === 1) return;
  const { path: temporary, file } = root.createTemporary(parentOf(path), 0o600);
  closeSync(file);
  copyPresent(root, path, temporary);
  root.rename(temporary, path);
};

const copyPresent = (root: RootDirectory, from: InRoot, to: InRoot): void => {
  const { mode } = root.lstat(from) ?? { mode: 0o644 };
  const owner = root.ownerOf(from);
  const source = root.at(from);
  copyFileSync(source, root.at(to), constants.COPYFILE_FICLONE);
  // The owner first: giving a file away clears its set-id bits.
  root.setOwner(to, owner);
  root.setMode(to, mode & 0o7777);
};

/** Goes through contents as if to write them. @throws ContentsError */
export const checkResource = async (resource: Resource, limitBytes: number): Promise<void> => {
  await consume(resource, limitBytes, () => undefined);
};

type Write = (bytes: Uint8Array, position: number) => void;

/** Hands over the contents in pieces and returns their length; whether they verify is known only at the end. */
const consume = async (resource: Resource, limitBytes: number, write: Write): Promise<number> => {
  const bytes = bytesAtHand(resource);
  if (bytes === undefined || resource.compression !== undefined) {
    return stream(resource, limitBytes, write);
  }
  if (bytes.length > limitBytes) throw tooLong(resource);
  verify(resource, (algorithm) => digestOf(algorithm, bytes, "hex"));
  write(bytes, 0);
  return bytes.length;
};

const bytesAtHand = (resource: Resource): Uint8Array | undefined => {
  switch (resource.kind) {
    case "inline":
      return Buffer.from(resource.text);
    case "data":
      return resource.bytes;
    case "local":
      return undefined;
    case "remote":
      throw new ContentsError(
        `${resource.url} has not been fetched`,
        resource.origin,
        "lock the definition first",
      );
  }
};

const stream = async (resource: Resource, limitBytes: number, write: Write): Promise<number> => {
  const source = openSource(resource);
  const expected = resource.verification && parseVerification(resource.verification);
  const hasher = createHash(expected?.algorithm ?? "sha256");
  let size = 0;
  const sink = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      if (size + chunk.length > limitBytes) throw tooLong(resource);
      hasher.update(chunk);
      write(chunk, size);
      size += chunk.length;
    }
  };
  if (resource.compression === undefined) {
    await pipeline(source.chunks, sink);
  } else {
    const gunzip = createGunzip();
    try {
      await pipeline(source.chunks, gunzip, sink);
    } catch (error) {
      const code = errnoOf(error);
      // When the data end before the source does, the pipeline gives the source up, and calls that an abort.
      if (code === "ABORT_ERR") throw badGzip(resource);
      throw code?.startsWith("Z_") === true ? badGzip(resource, error) : error;
    }
    // zlib takes zeros after the last member for padding; Ignition does not.
    if (gunzip.bytesWritten !== source.size) throw badGzip(resource);
  }
  verify(resource, () => hasher.digest("hex"));
  return size;
};

const openSource = (
  resource: Resource,
): { readonly chunks: AsyncIterable<Uint8Array>; readonly size: number } => {
  if (resource.kind !== "local") {
    const bytes = bytesAtHand(resource) ?? new Uint8Array();
    const once = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
    };
    return { chunks: once(), size: bytes.length };
  }
  const { path } = resource;
  let file: number;
  try {
    // Without O_NONBLOCK, a named pipe would wait for ever for somebody to write.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(resource, path, errnoOf(error));
  }
  const stats = fstatSync(file);
  if (!stats.isFile()) {
    closeSync(file);
    throw new ContentsError(`${path} is not a file`, resource.origin, NAME_A_FILE);
  }
  return { chunks: createReadStream("", { fd: file }), size: stats.size };
};

const NAME_A_FILE = "name a regular file; its path is taken from the document's directory";

const unreadable = (resource: Resource, path: string, errno: string | undefined): ContentsError =>
  errno === "ENOENT"
    ? new ContentsError(`${path} does not exist`, resource.origin, NAME_A_FILE)
    : new ContentsError(`${path} cannot be read: ${errno ?? "unknown error"}`, resource.origin);

const tooLong = (resource: Resource): ContentsError =>
  new ContentsError(
    "the contents are longer than a root slot",
    resource.origin,
    "make the file smaller, or raise image.slot_size_mib",
  );

const badGzip = (resource: Resource, cause?: unknown): ContentsError => {
  const detail = cause instanceof Error ? cause.message : "there is something after its end";
  return new ContentsError(`the contents are no gzip data: ${detail}`, resource.origin);
};

const verify = (
  resource: Resource,
  calculate: (algorithm: "sha256" | "sha512") => string,
): void => {
  if (resource.verification === undefined) return;
  const expected = parseVerification(resource.verification);
  if (expected === undefined) {
    throw new ContentsError(
      `${JSON.stringify(resource.verification.hash)} is no digest`,
      resource.origin,
      "write sha256- or sha512- and the digest in hex",
    );
  }
  const calculated = calculate(expected.algorithm);
  if (calculated !== expected.hex) {
    throw new ContentsError(
      `hash verification failed (calculated ${calculated} but expected ${expected.hex})`,
      resource.origin,
      "if the new contents are right, write the new digest",
    );
  }
};

const writeAt = (file: number, bytes: Uint8Array, position: number): void => {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
};
