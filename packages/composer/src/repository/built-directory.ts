/** The release directories that are to be published. */
import { readFile, stat } from "node:fs/promises";
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

/** What tells that nobody has written to a file since. */
type Identities = ReadonlyMap<string, string>;

const identitiesOf = async ({ directory }: BuiltDirectory): Promise<Identities> => {
  const identities = new Map<string, string>();
  for (const name of READ) {
    const file = path.join(directory, name);
    const facts = await stat(file, { bigint: true }).catch((cause: unknown) => {
      throw new ComposerError("NOT_A_RELEASE", `cannot read ${file}`, { cause, hint: HINT });
    });
    identities.set(
      file,
      [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(":"),
    );
  }
  return identities;
};

/**
 * Reads every file that is about to be published, and holds it against the build's manifest. What comes back is asked when all is made, whether the
 * files are still those.
 * @throws ComposerError `NOT_A_RELEASE` when one differs.
 */
export const checkArtifacts = async (
  built: BuiltDirectory,
  progress: Progress,
): Promise<{ readonly requireUntouched: () => Promise<void> }> => {
  const { directory, manifest } = built;
  const identities = await identitiesOf(built);
  const total = READ.reduce((sum, name) => sum + manifest.artifacts[name].size, 0);
  await progress.task(`check ${manifest.architecture}`, directory, async (task) => {
    let before = 0;
    for (const name of READ) {
      const file = path.join(directory, name);
      let done = 0;
      const found = await readWhole(file, progress.signal, (bytes) => {
        done += bytes.length;
        task.bytes(before + done, total);
      });
      requireFacts(file, found, manifest.artifacts[name]);
      before += done;
    }
  });
  const requireUntouched = async (): Promise<void> => {
    for (const [file, identity] of await identitiesOf(built)) {
      if (identities.get(file) === identity) continue;
      throw new ComposerError("NOT_A_RELEASE", `${file} was written to while it was published`, {
        hint: "let the build finish, and publish again",
      });
    }
  };
  return { requireUntouched };
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
