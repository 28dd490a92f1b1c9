/** The disk a machine runs on: an overlay over the image, thrown away or kept. */
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { ComposerError } from "../errors.ts";
import type { SectorBytes } from "../image/disk.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { FormatError } from "@slipway/release";
import { readPartitionTable } from "../inspect/gpt.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import {
  type Backing,
  diskFormat,
  formatBacking,
  machineDiskBytes,
  overlayCommand,
  parseBacking,
  qcow2Size,
} from "./disk.ts";
import type { Disk } from "./machine-disks.ts";

export interface PreparedDisk extends Disk {
  /** The files that it reads from. */
  readonly backing: readonly string[];
}

export interface DiskWish {
  readonly disk: string;
  readonly keep: boolean;
  readonly diskBytes?: number;
  /** A disk beside the machine's own: it has the size it has. Its number tells the overlays of one machine apart. */
  readonly added?: number;
}

/** Bytes of a file's start that tell its format and, of a qcow2, its size. */
const START = 32;

export const prepareDisk = async (
  toolbox: Pick<Toolbox, "run">,
  wish: DiskWish,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<PreparedDisk> => {
  const image = path.resolve(wish.disk);
  const { backing, format, bytes, sectorBytes } = await inspect(image);
  const file = wish.keep ? keptDisk(image) : path.join(scratch, `disk${wish.added ?? ""}.qcow2`);
  const prepared: PreparedDisk = {
    ...{ file, format: "qcow2", durable: wish.keep, backing: [image] },
    ...(sectorBytes === undefined ? {} : { sectorBytes }),
  };
  if (wish.keep && (await isKept(file, backing))) {
    if (wish.diskBytes !== undefined) {
      throw new ComposerError("MACHINE_FAILED", `${file} has its size already`, {
        hint: "leave out --disk-size, or remove the kept disk to start anew",
      });
    }
    return prepared;
  }
  const size = wish.added === undefined ? machineDiskBytes(bytes, wish.diskBytes) : bytes;
  await toolbox.run(overlayCommand({ file, backing: image, backingFormat: format, bytes: size }), {
    writable: [path.dirname(file)],
    readable: [image],
    ...(signal === undefined ? {} : { signal }),
  });
  if (wish.keep) await writeFile(`${file}.json`, formatBacking(backing));
  return prepared;
};

/** `disk.raw` → `disk.kept.qcow2`. */
export const keptDisk = (image: string): string =>
  path.join(path.dirname(image), `${path.parse(image).name}.kept.qcow2`);

const inspect = async (
  image: string,
): Promise<{
  backing: Backing;
  format: "raw" | "qcow2";
  bytes: number;
  sectorBytes: SectorBytes | undefined;
}> => {
  const { size, mtimeMs } = await stat(image);
  await using handle = await open(image, "r");
  const start = Buffer.alloc(START);
  await handle.read(start, 0, START, 0);
  const format = diskFormat(start);
  return {
    backing: { size, modifiedMs: mtimeMs },
    format,
    bytes: format === "raw" ? size : qcow2Size(start),
    sectorBytes: format === "raw" ? await sectorsOf(image) : undefined,
  };
};

/** A partition table says for which sectors it was made. A disk without one can have any. */
const sectorsOf = async (image: string): Promise<SectorBytes | undefined> => {
  await using source = await openFileSource(image);
  try {
    return (await readPartitionTable(source)).sectorSize;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
};

/** Whether there is a kept disk over this very image. One over another image would be garbage: it is refused. */
const isKept = async (file: string, backing: Backing): Promise<boolean> => {
  const text = await readFile(`${file}.json`, "utf8").catch(() => undefined);
  const there = await stat(file).then(
    () => true,
    () => false,
  );
  if (!there || text === undefined) {
    // Half of a pair is what an interrupted start left behind: nothing has run on it.
    await rm(file, { force: true });
    return false;
  }
  const made = parseBacking(text);
  if (made?.size === backing.size && made.modifiedMs === backing.modifiedMs) return true;
  throw new ComposerError("MACHINE_FAILED", `${file} was made over another build of this image`, {
    hint: `remove ${file} and ${file}.json to start anew`,
  });
};
