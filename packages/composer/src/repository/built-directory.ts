/** The release directories that are to be published. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  type AgentNeeds,
  type FileFacts,
  publishManifest,
  type ReleaseManifest,
} from "@slipway/release";
import { type Manifest, parseManifest } from "../build/manifest.ts";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { readWhole, requireFacts } from "./blobs.ts";

/** A directory that `slipway build` made, as far as its manifest was read. */
export interface BuiltDirectory {
  readonly directory: string;
  readonly manifest: Manifest;
}

const HINT = "name directories that slipway build made: OUT/IMAGE/VERSION/ARCHITECTURE";

/** @throws ComposerError `NOT_A_RELEASE` */
export const readBuiltDirectory = async (directory: string): Promise<BuiltDirectory> => {
  const file = path.join(directory, "manifest.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ComposerError("NOT_A_RELEASE", `cannot read ${file}`, { cause, hint: HINT });
  });
  return { directory, manifest: parseManifest(text, file) };
};

/**
 * Reads the directories of one version.
 * @throws ComposerError `NOT_A_RELEASE` when they are of several, or two of one architecture.
 */
export const readBuiltDirectories = async (
  directories: readonly string[],
): Promise<readonly BuiltDirectory[]> => {
  const built: BuiltDirectory[] = [];
  for (const directory of directories) {
    const one = await readBuiltDirectory(directory);
    const [first] = built;
    const name = ({ image, version }: Manifest): string => `${image} ${version}`;
    if (first !== undefined && name(first.manifest) !== name(one.manifest)) {
      throw new ComposerError(
        "NOT_A_RELEASE",
        `${directory} holds ${name(one.manifest)}, and ${first.directory} ${name(first.manifest)}`,
        { hint: "publish one version of one image at a time" },
      );
    }
    const twin = built.find((other) => other.manifest.architecture === one.manifest.architecture);
    if (twin !== undefined) {
      throw new ComposerError(
        "NOT_A_RELEASE",
        `${directory} and ${twin.directory} are both for ${one.manifest.architecture}`,
        { hint: "name each architecture once" },
      );
    }
    built.push(one);
  }
  return built;
};

/** The files that what is published is made of; the install disk is for no node that updates. */
const READ = ["root.erofs", "root.verity", "uki.efi", "packages.json", "sbom.spdx.json"] as const;

/**
 * Reads every file that is about to be published, and holds it against the build's manifest.
 * @throws ComposerError `NOT_A_RELEASE` when one differs.
 */
export const checkArtifacts = async (
  { directory, manifest }: BuiltDirectory,
  progress: Progress,
): Promise<void> => {
  const total = READ.reduce((sum, name) => sum + manifest.artifacts[name].size, 0);
  await progress.task(`check ${manifest.architecture}`, directory, async (task) => {
    let before = 0;
    for (const name of READ) {
      const file = path.join(directory, name);
      let done = 0;
      const found = await readWhole(file, progress.signal, (bytes) => {
        done += bytes.length;
        task.bytes(before + done, total);
      }).catch((cause: unknown) => {
        throw cause instanceof Error && "code" in cause && cause.code === "ENOENT"
          ? new ComposerError("NOT_A_RELEASE", `${file} is not there`, { cause, hint: HINT })
          : cause;
      });
      requireFacts(file, found, manifest.artifacts[name]);
      before += done;
    }
  });
};

/** What the manifest of a directory is without its transports. */
export const manifestWithout = (
  { manifest }: BuiltDirectory,
  facts: { readonly securityEpoch: number; readonly agent: AgentNeeds },
): ReleaseManifest => publishManifest(manifest, { ...facts, transports: [] });

/** An artifact as it is on disk. */
export const carriedFile = (
  { directory, manifest }: BuiltDirectory,
  of: "root" | "uki",
): { readonly path: string; readonly facts: FileFacts } => {
  const name = of === "root" ? "root.erofs" : "uki.efi";
  const { size, sha256 } = manifest.artifacts[name];
  return { path: path.join(directory, name), facts: { size, sha256 } };
};
