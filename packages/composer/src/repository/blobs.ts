/**
 * Files named by their digest. A blob has its name only when it is complete and on the disk, so whoever finds it by a signed digest finds all of
 * it; one that is there already is put in place again, which mends it should it have been damaged.
 */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { blobPath, type ByteSink, type FileFacts } from "@slipway/release";
import { WORK_DIRECTORY } from "./work-directory.ts";
import { ComposerError } from "../errors.ts";
import { makeDirectory, placeFile } from "../durable/files.ts";

const READABLE = 0o644;

const COPY_BYTES = 1024 * 1024;

export interface BlobStore {
  /** Stores what `make` writes. */
  put(make: (sink: ByteSink) => Promise<void>): Promise<FileFacts>;
  /**
   * Stores a file of which it is known what must be in it.
   * @throws ComposerError `NOT_A_RELEASE` when something else is.
   */
  putFile(file: string, expected: FileFacts, signal?: AbortSignal): Promise<FileFacts>;
}

/** The store of a repository that the caller has locked: what an earlier writer left unfinished is removed. */
export const openBlobs = async (repo: string): Promise<BlobStore> => {
  const work = path.join(repo, WORK_DIRECTORY, "blobs");
  await makeDirectory(work);
  for (const name of await readdir(work)) await rm(path.join(work, name), { force: true });
  let count = 0;

  const put: BlobStore["put"] = async (make) => {
    const temporary = path.join(work, `${(count += 1)}`);
    const handle = await open(temporary, "wx", READABLE);
    try {
      const hash = createHash("sha256");
      const size = await fill(handle, hash, make);
      // Past the umask: web servers read it, whoever published.
      await handle.chmod(READABLE);
      await handle.sync();
      await handle.close();
      const facts = { size, sha256: hash.digest("hex") };
      await placeFile(temporary, path.join(repo, blobPath(facts.sha256)));
      return facts;
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
      throw error;
    }
  };

  return {
    put,
    putFile: (file, expected, signal) =>
      put(async (sink) => {
        const found = await readWhole(file, signal, (bytes) => sink.write(bytes));
        requireFacts(file, found, expected);
      }),
  };
};

const fill = async (
  handle: FileHandle,
  hash: Hash,
  make: (sink: ByteSink) => Promise<void>,
): Promise<number> => {
  let size = 0;
  await make({
    write: async (bytes) => {
      hash.update(bytes);
      for (let done = 0; done < bytes.length;)
        done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
      size += bytes.length;
    },
  });
  return size;
};

/** Reads a file from its first byte to its last in bounded memory, and answers what it holds. */
export const readWhole = async (
  file: string,
  signal: AbortSignal | undefined,
  take: (bytes: Uint8Array) => Promise<void> | void = () => undefined,
): Promise<FileFacts> => {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(COPY_BYTES);
  await using handle = await open(file, "r");
  let size = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) return { size, sha256: hash.digest("hex") };
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    await take(bytes);
    size += bytesRead;
  }
};

/** @throws ComposerError `NOT_A_RELEASE` when a file of a release is not the one that its manifest names. */
export const requireFacts = (file: string, found: FileFacts, expected: FileFacts): void => {
  if (found.size === expected.size && found.sha256 === expected.sha256) return;
  const difference =
    found.size === expected.size
      ? `has SHA-256 ${found.sha256}, and the release's manifest says ${expected.sha256}`
      : `has ${found.size} bytes, and the release's manifest says ${expected.size}`;
  throw new ComposerError("NOT_A_RELEASE", `${file} ${difference}`, {
    hint: "the file was damaged or changed after the build: build the release again",
  });
};
