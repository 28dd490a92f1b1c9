/** The files of a repository that clients can ask for, found on the disk. */
import { opendir } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";

export interface FoundFile {
  /** Below the repository's root, with `/` between names. */
  readonly file: string;
  readonly kind: "file" | "other";
}

const SERVED = ["metadata", "targets", "blobs"] as const;

/** Deeper is nothing that a repository has. */
const MAX_DEPTH = 8;

/** All files below the served folders, hidden ones left out: those are in the making. Links are not followed. */
export async function* walkRepository(repo: string): AsyncGenerator<FoundFile> {
  for (const folder of SERVED) yield* walk(repo, folder, 1);
}

async function* walk(repo: string, folder: string, depth: number): AsyncGenerator<FoundFile> {
  let entries;
  try {
    entries = await opendir(path.join(repo, folder));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  for await (const entry of entries) {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory() && depth < MAX_DEPTH) yield* walk(repo, file, depth + 1);
    else yield { file, kind: entry.isFile() ? "file" : "other" };
  }
}
