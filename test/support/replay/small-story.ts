/** A log as a node records it that takes two updates, but of releases of a few blocks: for tests of whoever judges such logs. */
import { createCipheriv, hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import type { LoggedWrite, Partition } from "@slipway/composer/testing";
import { formatFat, mountFat, simulatedDisk, type SimulatedDisk } from "@slipway/host/testing";
import { knownRelease, type KnownRelease } from "./boots.ts";
import { SECTOR } from "./crash-points.ts";
import { type Phase, type PhaseMark, phasesOf } from "./phases.ts";

const VERSIONS = ["1", "2", "3"] as const;
export type SmallVersion = (typeof VERSIONS)[number];

export interface SmallStory {
  /** As it was before the first entry. */
  readonly disk: string;
  readonly log: string;
  readonly entries: readonly LoggedWrite[];
  readonly partition: (label: string) => Partition;
  readonly releases: readonly KnownRelease<SmallVersion>[];
  /** Of its entries, or of others made from them. */
  readonly phases: (entries?: readonly LoggedWrite[]) => readonly Phase<SmallVersion>[];
  readonly contents: (version: SmallVersion, of: "root" | "verity") => Uint8Array;
}

const BLOCK = 4096;
const [ROOT_BYTES, VERITY_BYTES, UKI_BYTES] = [8 * BLOCK, 2 * BLOCK, 5 * SECTOR + 40];
/** About as few as FAT32 can do with. */
const ESP_SECTORS = 67_000;

const PLACES = new Map<string, { readonly offset: number; readonly size: number }>();
let end = 2048 * SECTOR;
for (const [label, size] of [
  ["esp", ESP_SECTORS * SECTOR],
  ["slot-a", ROOT_BYTES],
  ["slot-a-verity", VERITY_BYTES],
  ["slot-b", ROOT_BYTES],
  ["slot-b-verity", VERITY_BYTES],
] as const) {
  const offset = Math.ceil(end / BLOCK) * BLOCK;
  PLACES.set(label, { offset, size });
  end = offset + size;
}

const partition = (label: string): Partition => {
  const place = PLACES.get(label);
  if (place === undefined) throw new RangeError(`no partition ${label}`);
  return { ...place, label, number: 1, type: "", uuid: "", flags: [] };
};

const noise = (length: number, seed: string): Buffer =>
  createCipheriv(
    "aes-128-ctr",
    hash("sha256", seed, "buffer").subarray(0, 16),
    Buffer.alloc(16),
  ).update(Buffer.alloc(length));

interface SmallRelease {
  readonly version: SmallVersion;
  readonly name: string;
  readonly root: Buffer;
  readonly verity: Buffer;
  readonly uki: Buffer;
  readonly known: KnownRelease<SmallVersion>;
}

const releaseIn = (directory: string, version: SmallVersion): SmallRelease => {
  const roothash = hash("sha256", `root ${version}`);
  const files = {
    root: noise(ROOT_BYTES, `root ${version}`),
    verity: noise(VERITY_BYTES, `verity ${version}`),
    uki: noise(UKI_BYTES, `uki ${version}`),
  };
  // All begin alike, as those of one kernel do.
  noise(SECTOR, "the head of all").copy(files.uki);
  files.uki.write(`roothash=${roothash}`, SECTOR);
  const place = path.join(directory, `release-${version}`);
  mkdirSync(place);
  writeFileSync(path.join(place, "root.erofs"), files.root);
  writeFileSync(path.join(place, "root.verity"), files.verity);
  writeFileSync(path.join(place, "uki.efi"), files.uki);
  const known = knownRelease(place, version, { image: "base", roothash });
  return { version, name: `base_${version}_${known.digest}`, ...files, known };
};

/** Tells the log what happens to a disk from now on. */
const recorded = (disk: SimulatedDisk, write: Recorder): SimulatedDisk => ({
  ...disk,
  read: (sector) => disk.read(sector),
  write: (sector, bytes, site) => {
    disk.write(sector, bytes, site);
    write.bytes(partition("esp").offset + sector * SECTOR, bytes);
  },
  flush: () => {
    disk.flush();
    write.flush();
  },
});

interface Recorder {
  readonly bytes: (offset: number, bytes: Uint8Array) => void;
  readonly flush: () => void;
}

const ENTRIES = "/EFI/Linux";

/** Works in an empty directory. */
export const smallStory = (directory: string): SmallStory => {
  const [one, two, three] = VERSIONS.map((version) => releaseIn(directory, version));
  if (one === undefined || two === undefined || three === undefined) throw new TypeError();
  const at = (name: string): string => path.join(directory, name);
  const esp = simulatedDisk(SECTOR, ESP_SECTORS);
  formatFat(esp);
  const before = mountFat(esp);
  for (const place of ["/EFI", ENTRIES]) before.mkdir(place);
  before.writeFile(`${ENTRIES}/${one.name}.efi`, one.uki);
  before.unmount();
  esp.flush();
  writeDisk(at("disk.raw"), esp, one);

  const entries: LoggedWrite[] = [];
  const pieces: Uint8Array[] = [];
  let length = SECTOR;
  const add = (kind: "write" | "flush", offset: number, bytes: Uint8Array): void => {
    entries.push({ kind, offset, length: bytes.length, dataOffset: length + SECTOR });
    pieces.push(Buffer.alloc(SECTOR), bytes.slice());
    length += SECTOR + bytes.length;
  };
  const recorder: Recorder = {
    bytes: (offset, bytes) => add("write", offset, bytes),
    flush: () => add("flush", 0, new Uint8Array()),
  };
  const marks: PhaseMark<SmallVersion>[] = [];
  const volume = mountFat(recorded(esp, recorder));
  const rename = (from: string, to: string): void => {
    volume.rename(`${ENTRIES}/${from}`, `${ENTRIES}/${to}`);
    volume.fsync(`${ENTRIES}/${to}`);
    volume.fsync(ENTRIES);
  };
  const update = (release: SmallRelease, slot: "a" | "b", before_?: SmallRelease): void => {
    const { version, name, root, verity, uki } = release;
    const mark = (moment: PhaseMark<SmallVersion>["moment"]): void => {
      marks.push({ moment, version, at: length });
    };
    mark("staging");
    if (before_ !== undefined) {
      volume.unlink(`${ENTRIES}/${before_.name}.efi`);
      volume.fsync(ENTRIES);
    }
    for (const [label, bytes] of [
      [`slot-${slot}`, root],
      [`slot-${slot}-verity`, verity],
    ] as const) {
      for (let done = 0; done < bytes.length; done += BLOCK) {
        recorder.bytes(partition(label).offset + done, bytes.subarray(done, done + BLOCK));
      }
    }
    recorder.flush();
    volume.writeFile(`${ENTRIES}/${name}.staged`, uki);
    volume.fsync(`${ENTRIES}/${name}.staged`);
    volume.fsync(ENTRIES);
    mark("staged");
    mark("finalizing");
    rename(`${name}.staged`, `${name}+3.efi`);
    mark("restarted");
    rename(`${name}+3.efi`, `${name}+2-1.efi`);
    rename(`${name}+2-1.efi`, `${name}.efi`);
    mark("blessed");
  };
  update(two, "b");
  update(three, "a", one);
  writeFileSync(at("writes.log"), Buffer.concat([Buffer.alloc(SECTOR), ...pieces]));
  return {
    ...{ disk: at("disk.raw"), log: at("writes.log"), entries, partition },
    releases: [one, two, three].map(({ known }) => known),
    phases: (of = entries) => phasesOf(of, marks, VERSIONS),
    contents: (version, of) => ({ "1": one, "2": two, "3": three })[version][of],
  };
};

const writeDisk = (file: string, esp: SimulatedDisk, one: SmallRelease): void => {
  const handle = openSync(file, "w");
  const write = (offset: number, bytes: Uint8Array): void => {
    writeSync(handle, bytes, 0, bytes.length, offset);
  };
  for (const sector of esp.touched()) {
    write(partition("esp").offset + sector * SECTOR, esp.read(sector));
  }
  write(partition("slot-a").offset, one.root);
  write(partition("slot-a-verity").offset, one.verity);
  closeSync(handle);
};
