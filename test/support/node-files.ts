/** A node whose disk is a directory: partitions are plain files, the ESP is a directory, and what the kernel tells is text in its place. */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  type LedgerView,
  linuxHostReader,
  NODE_PLACES,
  type NodeView,
  readNode,
  type TaskContext,
} from "@slipway/agent";
import {
  type Exec,
  type Files,
  linuxBlockDevices,
  linuxClock,
  linuxDurableDirectory,
  linuxFiles,
} from "@slipway/host";

/** Of a slot's two partitions, in bytes. */
const SLOT_BYTES = 4 * 2 ** 20;
const VERITY_BYTES = 2 ** 18;

const LOADER_GUID = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
const PARTITIONS = ["esp", "slot-a", "slot-a-verity", "slot-b", "slot-b-verity"] as const;

const numberOf = (label: (typeof PARTITIONS)[number]): number => PARTITIONS.indexOf(label) + 1;

interface Manifest {
  readonly version: string;
  readonly roothash: string;
}

const readManifest = (release: string): Manifest =>
  JSON.parse(readFileSync(path.join(release, "manifest.json"), "utf8")) as Manifest;

/** The ledger of a node that was installed and never upgraded. */
export const NOTHING_HAPPENED: LedgerView = {
  forbidden: new Map(),
  pin: undefined,
  pause: undefined,
  floor: 0,
  epochs: new Map(),
  current: undefined,
  isCurrentGood: true,
  currentSince: undefined,
  unfinished: undefined,
  history: [],
  damage: [],
};

export interface NodeFiles {
  /** A path of the node as one of this machine. */
  readonly at: (file: string) => string;
  /** As if the machine had started this release from this slot by this entry. */
  readonly boot: (release: string, slot: "a" | "b", entry: string) => void;
  readonly look: () => Promise<NodeView>;
  /** What the tasks stand on; `carried` is told when /etc is to be carried. */
  readonly context: (
    options: Pick<TaskContext, "clock" | "log"> & {
      /** Its address: `file:` or `http:`. */
      readonly repository: string;
      readonly carried: () => Promise<void>;
      readonly exec: Exec;
    },
  ) => TaskContext;
}

/** Installs a release into slot A, as an install disk has it: nothing is kept of its manifest. */
export const makeNodeFiles = (directory: string, release: string, root: Uint8Array): NodeFiles => {
  const at = (file: string): string => path.join(directory, file);
  const write = (file: string, contents: Uint8Array | string): void => {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), contents);
  };
  const variable = (name: string, text: string): void =>
    write(
      `/sys/firmware/efi/efivars/${name}-${LOADER_GUID}`,
      Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from(`${text}\0`, "utf16le")]),
    );
  for (const [index, label] of PARTITIONS.entries()) {
    const size = label.endsWith("verity") ? VERITY_BYTES : SLOT_BYTES;
    const name = `vda${index + 1}`;
    write(`/sys/block/vda/${name}/partition`, `${index + 1}\n`);
    write(`/sys/block/vda/${name}/size`, `${size / 512}\n`);
    write(`/sys/block/vda/${name}/uevent`, `DEVNAME=${name}\nPARTNAME=${label}\n`);
    write(`/dev/${name}`, "");
    truncateSync(at(`/dev/${name}`), size);
  }
  const install = (artifact: string, label: (typeof PARTITIONS)[number]): void => {
    const file = at(`/dev/vda${numberOf(label)}`);
    const size = label.endsWith("verity") ? VERITY_BYTES : SLOT_BYTES;
    copyFileSync(path.join(release, artifact), file);
    truncateSync(file, size);
  };
  install("root.erofs", "slot-a");
  install("root.verity", "slot-a-verity");
  write("/sys/block/dm-0/dm/name", "root\n");
  write("/proc/sys/kernel/random/boot_id", "6ef0a9e9-b68d-497a-8c81-afac3f26c78c\n");
  write(NODE_PLACES.trustRoot, root);
  for (const place of [NODE_PLACES.entries, "/var"]) mkdirSync(at(place), { recursive: true });
  const { version, roothash } = readManifest(release);
  const entry = `base_${version}_${roothash.slice(0, 8)}.efi`;
  copyFileSync(path.join(release, "uki.efi"), at(`${NODE_PLACES.entries}/${entry}`));

  const reader = linuxHostReader(directory);
  const look = (): Promise<NodeView> =>
    readNode(reader, { architecture: "x86_64", agentVersion: "1" });
  const boot: NodeFiles["boot"] = (booted, slot, name) => {
    const manifest = readManifest(booted);
    const [data, hashes] = [numberOf(`slot-${slot}`), numberOf(`slot-${slot}-verity`)];
    rmDirectory(at("/sys/block/dm-0/slaves"));
    for (const number of [data, hashes]) write(`/sys/block/dm-0/slaves/vda${number}/dev`, "");
    write("/proc/cmdline", `roothash=${manifest.roothash} ro\n`);
    write("/usr/lib/os-release", `IMAGE_ID=base\nIMAGE_VERSION=${manifest.version}\n`);
    variable("LoaderEntrySelected", name.replace(/\+.*\.efi$/, ".efi"));
    if (name.includes("+")) variable("LoaderBootCountPath", `\\EFI\\Linux\\${name}`);
  };
  boot(release, "a", entry);
  return { at, boot, look, context: contextOf(at, reader, look) };
};

const rmDirectory = (directory: string): void =>
  rmSync(directory, { recursive: true, force: true });

const contextOf =
  (
    at: NodeFiles["at"],
    reader: TaskContext["reader"],
    look: NodeFiles["look"],
  ): NodeFiles["context"] =>
  ({ carried, repository, ...options }) => ({
    ...options,
    settings: async () => ({
      ...{ repository: [repository], channel: "stable", group: undefined },
      ...{ wariness: undefined, bytesPerSecond: undefined, hookTimeoutSeconds: undefined },
    }),
    look,
    reader,
    nodeId: async () => "0d1ae57a-c851-481b-8291-f04e47814b3a",
    buildDate: async () => new Date("2026-01-01T00:00:00Z"),
    files: below(at),
    devices: { open: (file) => linuxBlockDevices.open(at(file)) },
    directory: async (place) => {
      mkdirSync(at(place), { recursive: true, mode: 0o700 });
      return linuxDurableDirectory(at(place));
    },
    carryEtc: async () => {
      await carried();
      return { schema: 1, carried: [], taken: [], conflicts: [], ignored: [] };
    },
    hooks: {
      names: async () => [],
      fileAt: async () => "masked",
      run: async () => ({ kind: "not-started", reason: "no hook is expected" }),
      clock: linuxClock,
      log: options.log,
    },
    remember: async ({ version }) => options.log(`remembered ${version}`),
    random: () => 0.5,
    places: NODE_PLACES,
    progress: () => undefined,
  });

const below = (at: NodeFiles["at"]): Files => ({
  open: (file) => linuxFiles.open(at(file)),
  list: (directory) => linuxFiles.list(at(directory)),
  remove: (file) => linuxFiles.remove(at(file)),
  rename: (from, to) => linuxFiles.rename(at(from), at(to)),
  room: (directory) => linuxFiles.room(at(directory)),
});
