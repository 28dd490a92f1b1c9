/** A node as its files are, taken from one that was booted in QEMU (aarch64, systemd 257, Linux 6.12), and what becomes of them elsewhere. */
import type { ByteSource } from "@slipway/release";
import type { HostReader } from "../../src/node/host-reader.ts";

export const ROOTHASH = "67d2d952687a9f53db91567efab6947dae50f0d1b5db2b1730b36eb73afd3368";
export const DATA_UUID = "6d7040c7-9c43-8541-b8f5-f57b3610602e";
export const HASH_UUID = "57797017-0705-8dd8-993b-84de0ce07f4d";
export const OTHER_ROOTHASH = `89abcdef${"0".repeat(56)}`;
const OTHER_DATA = "00000000-1111-4222-8333-444444444444";
const OTHER_HASH = "55555555-6666-4777-8888-999999999999";
const SALT = "f88362b011d6983dcd13f28cd2e90daeaec24be85c059179629c60a10566862c";
const ESP_UUID = "D66F18F0-F945-47BD-BA30-271E2EA1D20E";

const VARIABLES = "/sys/firmware/efi/efivars";
const LOADER = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

export const commandLine = (roothash: string, data: string, hash: string): string =>
  `roothash=${roothash} systemd.verity_root_data=UUID=${data} systemd.verity_root_hash=UUID=${hash} ` +
  "systemd.verity_root_options=panic-on-corruption rootfstype=erofs ro systemd.gpt_auto=no " +
  "panic=10 oops=panic systemd.crash_action=reboot console=tty0 console=ttyAMA0,115200";

/** An EFI program of a kernel, a command line and os-release: all of a UKI that is looked at. */
export const uki = (line: string, version = "1"): Uint8Array => {
  const sections = [
    [".cmdline", Buffer.from(line)],
    [".osrel", Buffer.from(`IMAGE_ID=base\nIMAGE_VERSION=${version}\n`)],
    [".linux", Buffer.from("kernel")],
  ] as const;
  const [pe, table, head] = [64, 64 + 24 + 240, 512];
  const bytes = Buffer.alloc(head + sections.length * 1024);
  bytes.write("MZ");
  bytes.writeUInt32LE(pe, 0x3c);
  bytes.write("PE\0\0", pe, "latin1");
  bytes.writeUInt16LE(0xaa64, pe + 4);
  bytes.writeUInt16LE(sections.length, pe + 6);
  bytes.writeUInt16LE(240, pe + 20);
  bytes.writeUInt16LE(0x20b, pe + 24);
  for (const [index, [name, contents]] of sections.entries()) {
    const [at, offset] = [table + index * 40, head + index * 1024];
    bytes.write(name, at, "latin1");
    bytes.writeUInt32LE(contents.length, at + 8);
    bytes.writeUInt32LE(1024, at + 16);
    bytes.writeUInt32LE(offset, at + 20);
    contents.copy(bytes, offset);
  }
  return bytes;
};

export const bootedUki = uki(commandLine(ROOTHASH, DATA_UUID, HASH_UUID));
export const otherUki = uki(commandLine(OTHER_ROOTHASH, OTHER_DATA, OTHER_HASH), "2");

const erofs = (uuid: string): Uint8Array => {
  const bytes = Buffer.alloc(8192);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  Buffer.from(uuid.replaceAll("-", ""), "hex").copy(bytes, 1024 + 48);
  return bytes;
};

const verity = (uuid: string): Uint8Array => {
  const bytes = Buffer.alloc(8192);
  bytes.write("verity\0\0", "latin1");
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(1, 12);
  Buffer.from(uuid.replaceAll("-", ""), "hex").copy(bytes, 16);
  bytes.write("sha256", 32, "latin1");
  bytes.writeUInt32LE(4096, 64);
  bytes.writeUInt32LE(4096, 68);
  bytes.writeBigUInt64LE(68_862n, 72);
  bytes.writeUInt16LE(32, 80);
  Buffer.from(SALT, "hex").copy(bytes, 88);
  return bytes;
};

export const variable = (text: string): Uint8Array =>
  Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from(`${text}\0`, "utf16le")]);

export const variableFile = (name: string): string => `${VARIABLES}/${name}-${LOADER}`;

/** Of the disk's six partitions as its table has them, in sectors of 512 bytes. `/var`'s was made in this boot: its uevent has no name. */
const PARTITIONS = [
  ["esp", 2_097_152],
  ["slot-a", 4_194_304],
  ["slot-a-verity", 34_816],
  ["slot-b", 4_194_304],
  ["slot-b-verity", 34_816],
  [undefined, 2_097_152],
] as const;

export interface Scene {
  readonly files: Map<string, Uint8Array | string>;
  /** What can still be written, by directory. */
  readonly rooms: Map<string, number>;
}

export interface SceneOptions {
  /** The kernel's name of the boot disk, and what is between that and a partition's number. */
  readonly disk?: readonly [name: string, separator: string];
  /** Which slot the root is read from. */
  readonly slot?: "a" | "b";
  readonly entry?: string;
}

const uevent = (device: string, number: number, label: string | undefined): string =>
  `MAJOR=253\nMINOR=${number}\nDEVNAME=${device}\nDEVTYPE=partition\nDISKSEQ=1\nPARTN=${number}\n` +
  (label === undefined ? "" : `PARTNAME=${label}\n`);

/** The node in its first boot, blessed. */
export const scene = ({
  disk: [disk, separator] = ["vda", ""],
  slot = "a",
  entry = "base_1_67d2d952.efi",
}: SceneOptions = {}): Scene => {
  const files = new Map<string, Uint8Array | string>([
    ["/proc/cmdline", `${commandLine(ROOTHASH, DATA_UUID, HASH_UUID)}\n`],
    ["/proc/sys/kernel/random/boot_id", "6ef0a9e9-b68d-497a-8c81-afac3f26c78c\n"],
    [
      "/usr/lib/os-release",
      'PRETTY_NAME="Slipway base 1"\nID=slipway\nIMAGE_ID=base\nIMAGE_VERSION=1\n',
    ],
    ["/sys/block/dm-0/dm/name", "root\n"],
    ["/sys/block/dm-0/size", "550896\n"],
    ["/sys/block/loop0/size", "0\n"],
    [`/sys/block/${disk}/size`, "12654632\n"],
    [`/efi/EFI/Linux/${entry}`, bootedUki],
    [variableFile("LoaderEntrySelected"), variable("base_1_67d2d952.efi")],
    [variableFile("LoaderBootCountPath"), variable("\\EFI\\Linux\\base_1_67d2d952+2-1.efi")],
    [variableFile("LoaderDevicePartUUID"), variable(ESP_UUID)],
  ]);
  for (const [index, [label, sectors]] of PARTITIONS.entries()) {
    const name = `${disk}${separator}${index + 1}`;
    files.set(`/sys/block/${disk}/${name}/partition`, `${index + 1}\n`);
    files.set(`/sys/block/${disk}/${name}/size`, `${sectors}\n`);
    files.set(`/sys/block/${disk}/${name}/uevent`, uevent(name, index + 1, label));
    if (label?.startsWith("slot") !== true) continue;
    const isBooted = label.startsWith(`slot-${slot}`);
    const isVerity = label.endsWith("verity");
    const booted = isVerity ? verity(HASH_UUID) : erofs(DATA_UUID);
    files.set(`/dev/${name}`, isBooted ? booted : new Uint8Array(8192));
    if (isBooted) files.set(`/sys/block/dm-0/slaves/${name}/dev`, `253:${index + 1}\n`);
  }
  return {
    files,
    rooms: new Map([
      ["/efi/EFI/Linux", 1_000_000_000],
      ["/var", 944_685_056],
    ]),
  };
};

/** Puts a second release into the other slot. */
export const fillOther = ({ files }: Scene, device: (number: number) => string): void => {
  files.set(device(4), erofs(OTHER_DATA));
  files.set(device(5), verity(OTHER_HASH));
};

const sourceOf = (bytes: Uint8Array): ByteSource & AsyncDisposable => ({
  size: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
  [Symbol.asyncDispose]: async () => undefined,
});

/** The scene's files as they are when they are asked for. */
export const readerOf = ({ files, rooms }: Scene): HostReader => {
  const bytesOf = (file: string): Uint8Array | undefined => {
    const found = files.get(file);
    return typeof found === "string" ? Buffer.from(found) : found;
  };
  return {
    bytes: async (file) => bytesOf(file),
    list: async (directory) =>
      [
        ...new Set(
          [...files.keys()]
            .filter((file) => file.startsWith(`${directory}/`))
            .map((file) => file.slice(directory.length + 1).split("/")[0] ?? ""),
        ),
      ].toSorted(),
    open: async (file) => {
      const bytes = bytesOf(file);
      return bytes === undefined ? undefined : sourceOf(bytes);
    },
    room: async (directory) => rooms.get(directory) ?? 0,
  };
};
