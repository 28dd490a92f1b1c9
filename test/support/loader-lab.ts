/**
 * ESPs that the real systemd-boot is let loose on, all in one start of a machine. Each is a disk of its own, which firmware tries in turn: the entry that the loader
 * starts on it gives up at once, firmware goes on with the next disk, and the last one switches the machine off.
 */
import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { linuxExec } from "@slipway/host";
import { machineTools } from "@slipway/composer/testing";
import {
  formatFat,
  imageSectors,
  mountFat,
  readFat,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";
import { CACHE } from "./release.ts";

/** A file in `EFI/Linux`. */
export interface LabFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The name loses so many of its long entries, the first ones. */
  readonly torn?: number;
}

/** What the loader did on a disk. */
export interface LoaderRun {
  /** The title of what it started, and the path by which it did. */
  readonly title: string;
  readonly started: string;
  /** The files in `EFI/Linux` afterwards, in the order of the directory. */
  readonly names: readonly string[];
}

const SECTOR = 512;
const SECTORS = 67_000;
const LINUX = "/EFI/Linux";

/** The files as firmware lists them: what is torn is listed by its short name. */
export const listed = (files: readonly LabFile[]): readonly string[] =>
  readFat(espWith(files))
    .readdir(LINUX)
    .map(({ name }) => name);

const espWith = (
  files: readonly LabFile[],
  loader: Uint8Array = new Uint8Array(),
): SimulatedDisk => {
  const disk = simulatedDisk(SECTOR, SECTORS);
  formatFat(disk);
  const volume = mountFat(disk);
  for (const directory of ["/EFI", "/EFI/BOOT", LINUX]) volume.mkdir(directory);
  volume.writeFile("/EFI/BOOT/BOOTX64.EFI", loader);
  for (const { name, bytes } of files) volume.writeFile(`${LINUX}/${name}`, bytes);
  volume.unmount();
  for (const { name, torn } of files) if (torn !== undefined) tear(disk, name, torn);
  return disk;
};

const ENTRY_BYTES = 32;
const LONG_NAME = 0x0f;
const DELETED = 0xe5;
const FIRST_PIECE = 0x40;

/** Marks the first entries of a long name as deleted. They lie in one sector. */
const tear = (disk: SimulatedDisk, name: string, count: number): void => {
  for (const sector of disk.touched()) {
    const bytes = Buffer.from(disk.read(sector));
    const first = places(bytes).find((at) => isFirstOf(bytes.subarray(at, at + ENTRY_BYTES), name));
    if (first === undefined) continue;
    for (let torn = 0; torn < count; torn += 1) bytes[first + torn * ENTRY_BYTES] = DELETED;
    disk.write(sector, bytes);
    return;
  }
  assert.fail(`no long name ${name}`);
};

const places = (bytes: Buffer): readonly number[] =>
  Array.from({ length: bytes.length / ENTRY_BYTES }, (_, index) => index * ENTRY_BYTES);

/** Where an entry has characters of a long name. */
const PIECES = [
  [1, 11],
  [14, 26],
  [28, 32],
] as const;

/** The first entry of a long name has its end. */
const isFirstOf = (entry: Buffer, name: string): boolean => {
  const isFirst =
    entry[11] === LONG_NAME && ((entry[0] ?? 0) & FIRST_PIECE) !== 0 && entry[0] !== DELETED;
  const text = Buffer.concat(PIECES.map(([from, to]) => entry.subarray(from, to)));
  const [end = ""] = text.toString("utf16le").split(/[\0\uffff]/);
  return isFirst && end !== "" && end.length === (name.length % 13 || 13) && name.endsWith(end);
};

const writeImage = (file: string, disk: SimulatedDisk): void => {
  const handle = openSync(file, "w");
  ftruncateSync(handle, SECTORS * SECTOR);
  for (const sector of disk.touched())
    writeSync(handle, disk.read(sector), 0, SECTOR, sector * SECTOR);
  closeSync(handle);
};

/** Each loader that gives up leaves some MiB behind, which firmware does not get back. */
const MOST_DISKS = 50;

/** A machine that has not come to its last disk by then has stopped at a menu. */
const MOST_MS = 150_000;

/** The loader on each of the ESPs. The titles of their entries begin with `disk` and its number in the list. */
export const runLoader = async (
  directory: string,
  loader: Uint8Array,
  esps: readonly (readonly LabFile[])[],
): Promise<readonly LoaderRun[]> => {
  const last = path.join(directory, "last.raw");
  writeImage(last, espWith([], efiProgram(SWITCH_OFF, [])));
  const disks = esps.map((files, index) => {
    const file = path.join(directory, `${index}.raw`);
    writeImage(file, espWith(files, loader));
    return file;
  });
  let text = "";
  for (let first = 0; first < disks.length; first += MOST_DISKS) {
    text += await startMachine(directory, [...disks.slice(first, first + MOST_DISKS), last]);
  }
  return disks.map((file, index) => ({ ...startedOn(index, text), names: namesIn(file) }));
};

/** What it says on its console until it switches itself off. */
const startMachine = async (directory: string, disks: readonly string[]): Promise<string> => {
  const console = path.join(directory, "console");
  const { run } = await machineTools({ exec: linuxExec, cache: CACHE });
  try {
    await run(
      { argv: qemu(console, disks), purpose: "letting the loader choose" },
      { writable: [directory], signal: AbortSignal.timeout(MOST_MS) },
    );
  } catch (error) {
    throw new Error(`the machine stopped: ${readFileSync(console, "latin1").slice(-4000)}`, {
      cause: error,
    });
  }
  return readFileSync(console, "latin1");
};

const startedOn = (disk: number, text: string): Pick<LoaderRun, "title" | "started"> => {
  const line = new RegExp(
    `execute (disk ${disk} [^\\n]*?) \\(\\\\EFI\\\\Linux\\\\([^\\n]*?)\\): Aborted`,
  );
  const [, title, started] = line.exec(text) ?? [];
  if (title !== undefined && started !== undefined) return { title, started };
  throw new Error(`the loader started nothing on disk ${disk}:\n${text.slice(-4000)}`);
};

const namesIn = (image: string): readonly string[] =>
  readFat(imageSectors(readFileSync(image), SECTOR))
    .readdir(LINUX)
    .map(({ name }) => name);

const qemu = (console: string, disks: readonly string[]): readonly [string, ...string[]] => [
  "qemu-system-x86_64",
  ...["-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot"],
  ...["-machine", "q35", "-accel", "tcg", "-cpu", "max,la57=off,avx=off,avx2=off"],
  ...["-m", "1024"],
  ...["-drive", "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"],
  ...["-drive", "if=pflash,unit=1,format=raw,snapshot=on,file=/usr/share/OVMF/OVMF_VARS_4M.fd"],
  ...["-chardev", `file,id=console,path=${console}`, "-serial", "chardev:console"],
  ...["-device", "virtio-scsi-pci,id=scsi"],
  ...disks.flatMap((file, index) => [
    ...["-drive", `if=none,id=disk${index},format=raw,cache=unsafe,file=${file}`],
    "-device",
    `scsi-hd,drive=disk${index},bus=scsi.0,scsi-id=${index >> 3},lun=${index & 7},bootindex=${index}`,
  ]),
];

/**
 * Returns EFI_ABORTED. Before that it makes BootServices.Stall() do nothing (CheckEvent() with a number that is no event), for
 * the loader would show its error for seconds.
 */
const GIVE_UP = Buffer.from(
  [
    "488b4260", // mov rax, [rdx + 0x60]: the boot services
    "488b4878", // mov rcx, [rax + 0x78]: CheckEvent
    "488988f8000000", // mov [rax + 0xf8], rcx: Stall
    "48b81500000000000080", // mov rax, EFI_ABORTED
    "c3", // ret
  ].join(""),
  "hex",
);

const SWITCH_OFF = Buffer.from(
  [
    "4883ec28", // sub rsp, 0x28
    "488b4258", // mov rax, [rdx + 0x58]: the runtime services
    "b902000000", // mov ecx, EfiResetShutdown
    "31d24531c04531c9", // no status, no data
    "ff5068", // call [rax + 0x68]: ResetSystem
    "ebfe", // and wait
  ].join(""),
  "hex",
);

type Section = readonly [name: string, contents: string];

/** A UKI as far as the loader reads one. */
export const labUki = (sections: readonly Section[]): Uint8Array => efiProgram(GIVE_UP, sections);

const FILE_ALIGNMENT = 512;
const SECTION_ALIGNMENT = 4096;
const CODE = 0x6000_0020;
const DATA = 0x4000_0040;

const aligned = (bytes: number): number => Math.ceil(bytes / FILE_ALIGNMENT) * FILE_ALIGNMENT;

/** A program for x86_64 that does not mind where it is loaded: Microsoft PE/COFF specification. */
const efiProgram = (code: Buffer, sections: readonly Section[]): Buffer => {
  const parts = [
    { name: ".text", contents: code, flags: CODE },
    ...sections.map(([name, text]) => ({ name, contents: Buffer.from(text), flags: DATA })),
  ];
  const [pe, optional, table] = [128, 152, 392];
  const head = Buffer.alloc(aligned(table + parts.length * 40));
  head.write("MZ");
  head.writeUInt32LE(pe, 0x3c);
  head.write("PE\0\0", pe);
  head.writeUInt16LE(0x8664, pe + 4);
  head.writeUInt16LE(parts.length, pe + 6);
  head.writeUInt16LE(table - optional, pe + 20);
  head.writeUInt16LE(0x22, pe + 22);
  head.writeUInt16LE(0x20b, optional);
  head.writeUInt32LE(SECTION_ALIGNMENT, optional + 16);
  head.writeUInt32LE(SECTION_ALIGNMENT, optional + 20);
  head.writeUInt32LE(SECTION_ALIGNMENT, optional + 32);
  head.writeUInt32LE(FILE_ALIGNMENT, optional + 36);
  head.writeUInt32LE(SECTION_ALIGNMENT * (1 + parts.length), optional + 56);
  head.writeUInt32LE(head.length, optional + 60);
  head.writeUInt16LE(10, optional + 68);
  head.writeUInt32LE(16, optional + 108);
  const bodies: Buffer[] = [head];
  let offset = head.length;
  for (const [index, { name, contents, flags }] of parts.entries()) {
    const at = table + index * 40;
    const stored = aligned(contents.length);
    head.write(name, at);
    head.writeUInt32LE(contents.length, at + 8);
    head.writeUInt32LE(SECTION_ALIGNMENT * (1 + index), at + 12);
    head.writeUInt32LE(stored, at + 16);
    head.writeUInt32LE(offset, at + 20);
    head.writeUInt32LE(flags, at + 36);
    bodies.push(contents, Buffer.alloc(stored - contents.length));
    offset += stored;
  }
  return Buffer.concat(bodies);
};
