/** Writing a new project's files. */
import { lstat, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import type { CreateFiles } from "../world.ts";

const isThere = async (file: string): Promise<boolean> => {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
};

/** Writes all of the files below `directory`, or none when one of them is there already. */
export const createFiles: CreateFiles = async (directory, files) => {
  const existing: string[] = [];
  for (const file of files) {
    if (await isThere(path.join(directory, file.path))) existing.push(file.path);
  }
  if (existing.length > 0) return { existing };
  for (const { path: name, text, executable } of files) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    // What appeared just now is not overwritten either.
    await writeFile(file, text, { flag: "wx", mode: executable === true ? 0o777 : 0o666 });
  }
  return { existing };
};
