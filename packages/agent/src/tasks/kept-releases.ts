/**
 * What is kept of a release beside its slot: the manifest, by which it is finalized and later upgraded from, the indexes of its
 * images, and the list of what is in it. All of it can
 * be had again; a file that cannot be read is as good as none.
 */
import path from "node:path/posix";
import type { Files } from "@slipway/host";
import {
  encodeManifest,
  MAX_CONTENTS_BYTES,
  MAX_INDEX_BYTES,
  MAX_MANIFEST_BYTES,
  parseManifestFile,
  type ReleaseManifest,
  type Transport,
} from "@slipway/release";

export interface KeptReleases {
  readonly manifest: (roothash: string) => Promise<ReleaseManifest | undefined>;
  readonly index: (roothash: string, of: Transport["of"]) => Promise<Uint8Array | undefined>;
  /** The file of its contents as it was published. */
  readonly contents: (roothash: string) => Promise<Uint8Array | undefined>;
  /** Durable when it resolves. */
  readonly keepManifest: (manifest: ReleaseManifest) => Promise<void>;
  readonly keepIndex: (roothash: string, of: Transport["of"], bytes: Uint8Array) => Promise<void>;
  readonly keepContents: (roothash: string, bytes: Uint8Array) => Promise<void>;
  /** Removes what is kept of all releases but these. */
  readonly prune: (roothashes: readonly string[]) => Promise<void>;
}

const MANIFEST = "manifest.json";
const CONTENTS = "contents";
const INDEXES: Readonly<Record<Transport["of"], string>> = { root: "index", uki: "uki-index" };

/** @param directory of the agent's own on `/var` */
export const keptReleases = (files: Files, directory: string): KeptReleases => {
  const at = (roothash: string, name: string): string => path.join(directory, roothash, name);

  const read = async (file: string, most: number): Promise<Uint8Array | undefined> => {
    // To open a file that is not there would create it.
    const names = await files.list(path.dirname(file));
    if (!names.includes(path.basename(file))) return undefined;
    await using opened = closing(await files.open(file));
    const size = await opened.file.size();
    if (size > most) return undefined;
    const bytes = new Uint8Array(size);
    await opened.file.readInto(bytes, 0);
    return bytes;
  };

  /** A power cut in the middle leaves half a file under another name; that one is written anew. */
  const write = async (file: string, bytes: Uint8Array): Promise<void> => {
    const unfinished = `${file}.new`;
    await files.remove(unfinished);
    {
      await using opened = closing(await files.open(unfinished));
      await opened.file.write(bytes, 0);
      await opened.file.sync();
    }
    await files.rename(unfinished, file);
  };

  return {
    manifest: async (roothash) => {
      const bytes = await read(at(roothash, MANIFEST), MAX_MANIFEST_BYTES);
      const manifest = bytes === undefined ? undefined : parseManifestFile(bytes);
      return manifest?.ok === true && manifest.value.roothash === roothash
        ? manifest.value
        : undefined;
    },
    index: (roothash, of) => read(at(roothash, INDEXES[of]), MAX_INDEX_BYTES),
    contents: (roothash) => read(at(roothash, CONTENTS), MAX_CONTENTS_BYTES),
    keepManifest: (manifest) =>
      write(at(manifest.roothash, MANIFEST), Buffer.from(encodeManifest(manifest))),
    keepIndex: (roothash, of, bytes) => write(at(roothash, INDEXES[of]), bytes),
    keepContents: (roothash, bytes) => write(at(roothash, CONTENTS), bytes),
    prune: async (roothashes) => {
      for (const release of await files.list(directory)) {
        if (roothashes.includes(release)) continue;
        // The directory itself stays, empty: it costs an inode, and the port has no way to remove one.
        for (const name of await files.list(path.join(directory, release)))
          await files.remove(path.join(directory, release, name));
      }
    },
  };
};

const closing = <T extends { close(): Promise<void> }>(file: T) => ({
  file,
  [Symbol.asyncDispose]: () => file.close(),
});
