/** What mtools and fsck.fat make of an image. */
import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import process from "node:process";
import type { Sectors } from "@slipway/host/testing";

/** Writes a disk as a sparse file. */
export const saveImage = (disk: Sectors, file: string): void => {
  const descriptor = openSync(file, "w");
  try {
    ftruncateSync(descriptor, disk.sectors * disk.sectorSize);
    for (const sector of disk.touched()) {
      writeSync(descriptor, disk.read(sector), 0, disk.sectorSize, sector * disk.sectorSize);
    }
  } finally {
    closeSync(descriptor);
  }
};

/** Makes a file system with one directory, as `mkfs.fat` and mtools do it, and copies a file of this machine into it. */
export const makeWithTools = (image: string, directory: string, copied: string): void => {
  const commands = [
    ["mkfs.fat", "-F", "32", "-s", "1", "-n", "ESP", image],
    ["mmd", "-i", image, `::${directory}`],
    ["mcopy", "-i", image, copied, `::${directory}/`],
  ] as const;
  for (const [program, ...options] of commands) {
    const { status, stderr } = run(program, ...options);
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  }
};

/** Paths of files and, with a slash at their end, of directories, sorted, as `mdir` lists them. */
export const listWithMtools = (image: string): readonly string[] => {
  const { status, stdout, stderr } = run("mdir", "-/", "-a", "-b", "-i", image, "::/");
  if (status !== 0) throw new Error(`mdir failed: ${stderr}`);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^::/, ""))
    .toSorted();
};

/** A file's bytes, or nothing when `mtype` could not read it. */
export const readWithMtools = (image: string, file: string): Buffer | undefined => {
  const { status, stdout } = run("mtype", "-i", image, `::${file}`);
  return status === 0 ? stdout : undefined;
};

export interface Checked {
  /** The paths it walked, sorted. It shows aliases in upper case, whatever their case bits. */
  readonly paths: readonly string[];
  /** Files whose clusters are not those that their size needs, or are another's too. */
  readonly damaged: readonly string[];
  readonly isMounted: boolean;
}

/** `fsck.fat`'s opinion; it changes nothing. */
export const checkWithFsck = (image: string): Checked => {
  const { status, stdout, stderr } = run("fsck.fat", "-n", "-l", image);
  const output = stdout.toString("utf8");
  if (status !== 0 && status !== 1) throw new Error(`fsck.fat: ${status}\n${output}${stderr}`);
  const lines = output.split("\n");
  const paths = lines.flatMap((line) => {
    const path = /^Checking file (\/.+?)(?: \([^()]*\))?$/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
  return {
    paths: paths.toSorted(),
    damaged: lines.flatMap((line) => {
      const path = /^(\/.*?)(?: {2}and)?$/.exec(line)?.[1];
      return path === undefined || path.startsWith(`${image}:`) ? [] : [path];
    }),
    isMounted: output.includes("Dirty bit is set"),
  };
};

const run = (program: string, ...options: readonly string[]) => {
  const { status, stdout, stderr, error } = spawnSync(program, options, {
    env: {
      PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`,
      LC_ALL: "C.UTF-8",
      // The geometry that mtools wants whole tracks of is nobody else's business.
      MTOOLS_SKIP_CHECK: "1",
    },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr: stderr.toString("utf8") };
};
