/** The images of a release that deltas are made of. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileFacts, Transport } from "@slipway/release";
import { parseManifest } from "../build/manifest.ts";
import { ComposerError } from "../errors.ts";

/** An artifact as a file. */
export interface CarriedFile {
  readonly path: string;
  readonly facts: FileFacts;
  /** What names the artifact in a delta: a root image's root hash, a UKI's SHA-256. */
  readonly name: string;
}

/** A release as far as deltas are concerned, wherever its files are. */
export interface ReleaseImages extends Readonly<Record<Transport["of"], CarriedFile>> {
  readonly version: string;
}

/**
 * The images of a release directory that `slipway build` made.
 * @throws ComposerError `NOT_A_RELEASE` when it is none.
 */
export const releaseImages = async (directory: string): Promise<ReleaseImages> => {
  const path = join(directory, "manifest.json");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ComposerError("NOT_A_RELEASE", `${path} cannot be read`, {
      cause,
      hint: "name a directory that slipway build made: OUT/IMAGE/VERSION/ARCHITECTURE",
    });
  });
  const { version, roothash, artifacts } = parseManifest(text, path);
  const [root, uki] = [artifacts["root.erofs"], artifacts["uki.efi"]];
  return {
    version,
    root: { path: join(directory, "root.erofs"), facts: root, name: roothash },
    uki: { path: join(directory, "uki.efi"), facts: uki, name: uki.sha256 },
  };
};
