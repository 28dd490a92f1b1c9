/** A release as a build left it. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";

export interface Release {
  readonly version: string;
  readonly roothash: string;
  /** Its UKI's name on an ESP once it is blessed. */
  readonly entry: string;
  /** Paths of its artifacts, and the size of the root. */
  readonly root: string;
  readonly verity: string;
  readonly uki: string;
  readonly rootBytes: number;
}

const text = (manifest: unknown, name: string): string => {
  const found: unknown =
    typeof manifest === "object" && manifest !== null
      ? Object.fromEntries(Object.entries(manifest))[name]
      : undefined;
  if (typeof found !== "string") throw new Error(`the manifest of a release has no ${name}`);
  return found;
};

export const readManifest = async (directory: string): Promise<Release> => {
  const manifest: unknown = JSON.parse(
    await readFile(path.join(directory, "manifest.json"), "utf8"),
  );
  const root = path.join(directory, "root.erofs");
  return {
    version: text(manifest, "version"),
    roothash: text(manifest, "roothash"),
    entry: text(manifest, "bootEntry").replace(/\+\d+\.efi$/, ".efi"),
    root,
    verity: path.join(directory, "root.verity"),
    uki: path.join(directory, "uki.efi"),
    rootBytes: (await stat(root)).size,
  };
};
