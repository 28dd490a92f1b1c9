import { MIB } from "../image/geometry.ts";
import type { ReleaseDescription } from "./release-description.ts";

/** What `slipway inspect` prints for people: one block a part, ending in a newline. */
export const presentRelease = (release: ReleaseDescription): string => {
  const { manifest, slot, disk, uki, root, verity, packages, enabledUnits, problems } = release;
  const blocks: readonly (readonly string[])[] = [
    [
      `${manifest.image} ${manifest.version} (${manifest.architecture})`,
      field("root hash", manifest.roothash),
      field("salt", manifest.salt),
      field("epoch", `${manifest.epoch} (${iso(manifest.epoch)})`),
      field("kernel", manifest.kernelRelease),
      field("boot entry", manifest.bootEntry),
    ],
    [
      "Files",
      ...Object.entries(release.sizes).map(([name, size]) => field(name, mib(size))),
      field("slot", `${mib(slot.used)} of ${mib(slot.size)}, ${percent(slot.headroom)} left`),
    ],
    [
      `Partitions (sectors of ${disk.sectorSize} bytes, disk ${disk.diskUuid})`,
      ...disk.partitions.map(
        ({ number, label, typeName, type, size, flags, uuid }) =>
          `  ${number}  ${label.padEnd(16)} ${(typeName ?? type).padEnd(20)} ${mib(size).padStart(12)}` +
          `  ${uuid}${flags.length === 0 ? "" : `  ${flags.join(", ")}`}`,
      ),
    ],
    [
      `UKI (machine 0x${uki.machine.toString(16)}, ${uki.isSigned ? "signed" : "not signed"})`,
      ...uki.sections.map(({ name, size }) => field(name, `${size.toLocaleString("en")} bytes`)),
    ],
    [
      "Root",
      field("file system", `EROFS ${root.uuid}, ${root.inodes} inodes, ${root.blocks} blocks`),
      field("features", root.features.join(", ")),
      field("built", iso(root.buildTime)),
      field("hash tree", `${verity.uuid}, ${verity.algorithm}, ${verity.dataBlocks} blocks`),
    ],
    ["Kernel arguments", ...uki.kernelArguments.map((word) => `  ${word}`)],
    [
      `Packages: ${packages.count}, the largest`,
      ...packages.largest.map(({ name, version, installedSizeKib }) =>
        field(name, `${mib(installedSizeKib * 1024)}  ${version}`),
      ),
    ],
    [
      `Enabled units: ${enabledUnits.length}`,
      ...enabledUnits.map(({ unit, by }) => `  ${unit} by ${by}`),
    ],
    ...(problems.length === 0 ? [] : [["Problems", ...problems.map((problem) => `  ${problem}`)]]),
  ];
  // Labels, arguments and names come out of files: a terminal must not obey them.
  return `${blocks.map((lines) => lines.map(printable).join("\n")).join("\n\n")}\n`;
};

const field = (name: string, value: string): string => `  ${name.padEnd(16)} ${value}`;

const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const iso = (seconds: number): string =>
  // The last second a Date can hold; a forged superblock may say more.
  Math.abs(seconds) <= 8_640_000_000_000
    ? new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z")
    : `second ${seconds}`;

const printable = (line: string): string =>
  // oxlint-disable-next-line no-control-regex -- they are what must not come through
  line.replace(/[\u0000-\u001f\u007f-\u009f]/g, (sign) => JSON.stringify(sign).slice(1, -1));
