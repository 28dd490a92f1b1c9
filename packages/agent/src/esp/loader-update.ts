/**
 * A newer systemd-boot onto the ESP, in both of its places: where firmware looks on its own (`EFI/BOOT`), and where an entry of its boot menu points.
 *
 * No other file can stand in for these while they change, so neither of them is ever missing or half written. The new program is written beside the old
 * one, made durable and read back from the disk; then it takes the old one's name by a rename over it. On FAT that changes one directory entry, which lies in one
 * sector: the name leads to the old program or to the new one. The old one's clusters stay its own until that is durable (`Files.rename`). A cut can leave the
 * new program's first name too, leading to the same clusters: it is left alone for ever, and has the digest in it, so that no later program comes by that name.
 */
import { createHash } from "node:crypto";
import path from "node:path/posix";
import { type Files, HostError } from "@slipway/host";
import { type Architecture, compareVersions, type FileFacts } from "@slipway/release";
import { EspError } from "./errors.ts";
import { holds } from "./steps.ts";

export interface LoaderUpdate {
  readonly files: Files;
  /** Where the ESP is mounted. Default: `/efi`. */
  readonly esp?: string;
  readonly architecture: Architecture;
  /** systemd-boot as the booted release ships it. */
  readonly program: Uint8Array;
  /** The place that firmware started the loader from (LoaderImageIdentifier), which comes last. Default: `EFI/BOOT`, where it looks on its own. */
  readonly started?: string;
}

/** systemd-boot has some 130 kB. */
export const MOST_LOADER_BYTES: number = 4 * 1024 * 1024;
/** Directory entries, and a cluster that is not filled. */
const SPARE_BYTES = 256 * 1024;

const EFI_NAMES: Readonly<Record<Architecture, string>> = { x86_64: "x64", aarch64: "aa64" };

/** systemd's own name for the program. */
export const loaderName = (architecture: Architecture): string =>
  `systemd-boot${EFI_NAMES[architecture]}.efi`;

/** The version that a systemd-boot program says it has; undefined where it is something else. */
export const loaderVersion = (program: Uint8Array): string | undefined => {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  if (bytes.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = bytes.indexOf("#### LoaderInfo: systemd-boot ");
  if (at === -1) return undefined;
  return /systemd-boot (\S{1,80}) ####/.exec(bytes.toString("latin1", at, at + 128))?.[1];
};

/**
 * Brings systemd-boot up to the given program in every place where an older one is, or one that cannot be read. Another loader is left alone, and so is a newer
 * one: after a rollback the older release finds it.
 * @returns the places that were changed, below the ESP
 * @throws EspError `LOADER_DIFFERS`, `ESP_FULL`
 */
export const updateLoader = async (update: LoaderUpdate): Promise<readonly string[]> => {
  const version = loaderVersion(update.program);
  if (version === undefined || update.program.length > MOST_LOADER_BYTES) {
    throw new EspError("LOADER_DIFFERS", "the program to install is no systemd-boot");
  }
  const changed: string[] = [];
  for (const place of placesOf(update)) {
    if (!(await isBehind(update, place, version))) continue;
    await replace(update, place);
    changed.push(place);
  }
  return changed;
};

/** The one that firmware starts comes last: until then the machine starts as it always did. */
const placesOf = ({ architecture, started }: LoaderUpdate): readonly string[] => {
  const name = EFI_NAMES[architecture];
  const own = `EFI/systemd/${loaderName(architecture)}`;
  const fallback = `EFI/BOOT/BOOT${name.toUpperCase()}.EFI`;
  const isOwnStarted = started?.replaceAll("\\", "/").toLowerCase().endsWith(own.toLowerCase());
  return isOwnStarted === true ? [fallback, own] : [own, fallback];
};

const isBehind = async (
  { files, esp = "/efi", program }: LoaderUpdate,
  place: string,
  version: string,
): Promise<boolean> => {
  const file = path.join(esp, place);
  const names = await files.list(path.dirname(file));
  if (!names.some((name) => name.toLowerCase() === path.basename(file).toLowerCase())) return false;
  if (await holds(files, file, factsOf(program))) return false;
  const there = await readProgram(files, file);
  if (there === undefined) return true;
  const found = loaderVersion(there);
  return found !== undefined && compareVersions(found, version) <= 0;
};

const replace = async (update: LoaderUpdate, place: string): Promise<void> => {
  const { files, esp = "/efi", program } = update;
  const target = path.join(esp, place);
  const facts = factsOf(program);
  const { dir, name } = path.parse(target);
  const fresh = path.join(dir, `${name}-${facts.sha256.slice(0, 8)}.new`);
  if (!(await isThere(files, fresh, facts))) await writeWhole(update, fresh, facts);
  await files.rename(fresh, target);
  if (!(await holds(files, target, facts))) throw differs(target);
};

const isThere = async (files: Files, file: string, facts: FileFacts): Promise<boolean> =>
  (await files.list(path.dirname(file))).includes(path.basename(file)) &&
  (await holds(files, file, facts));

/** The file is durable and was read back when it resolves. */
const writeWhole = async (
  { files, program }: LoaderUpdate,
  file: string,
  facts: FileFacts,
): Promise<void> => {
  // Half of one, of an attempt that was cut before the rename: its clusters are its own.
  await files.remove(file);
  if ((await files.room(path.dirname(file))) < program.length + SPARE_BYTES) {
    throw new EspError(
      "ESP_FULL",
      `there is no room for ${program.length} bytes beside the loader`,
    );
  }
  const opened = await files.open(file);
  try {
    await opened.write(program, 0);
    await opened.sync();
  } finally {
    await opened.close();
  }
  if (!(await holds(files, file, facts))) throw differs(file);
};

const differs = (file: string): EspError =>
  new EspError(
    "LOADER_DIFFERS",
    `${file} does not give back what was written`,
    "the disk loses or changes what is written to it: replace it",
  );

const factsOf = (program: Uint8Array): FileFacts => ({
  size: program.length,
  sha256: createHash("sha256").update(program).digest("hex"),
});

/** The file's bytes; undefined where they cannot be read, or are too many for a loader. */
const readProgram = async (files: Files, file: string): Promise<Uint8Array | undefined> => {
  const opened = await files.open(file);
  try {
    const size = await opened.size();
    if (size > MOST_LOADER_BYTES) return new Uint8Array();
    const bytes = new Uint8Array(size);
    await opened.readInto(bytes, 0);
    return bytes;
  } catch (error) {
    if (error instanceof HostError && error.code === "FILE_FAILED") return undefined;
    throw error;
  } finally {
    await opened.close();
  }
};
