/** A comparison in the order in which people read it. Pure. */
import type { PackageChange, PackageFacts, ReleaseDiff } from "@slipway/composer";
import { formatGrowth, formatSize } from "@slipway/host/command-line";
import { filesPart } from "./files.ts";
import { type Cell, counted, isEmptyPart, type Part } from "./parts.ts";
import { accountsPart, argumentsPart, initrdPart, presetsPart, unitsPart } from "./system.ts";

export interface PartOptions {
  /** A line for each file, however many there are. */
  readonly listAll: boolean;
}

/** What differs, a part a subject; subjects in which nothing differs are left out. */
export const diffParts = (diff: ReleaseDiff, { listAll }: PartOptions): readonly Part[] =>
  [
    {
      title: "Warnings",
      items: diff.warnings.map(({ code, message }) => ({
        sign: "!" as const,
        name: code,
        detail: message,
      })),
    },
    releasePart(diff),
    sizesPart(diff),
    packagesPart(diff),
    argumentsPart(diff),
    unitsPart(diff.units),
    presetsPart(diff.presets),
    accountsPart(diff),
    initrdPart(diff, listAll),
    filesPart(diff.files, listAll),
  ].filter((part) => !isEmptyPart(part));

/** `base 1 (x86_64) -> 2`: what both have in common is said once. */
export const diffTitle = ({ before, after }: ReleaseDiff, arrow: string): string => {
  const name = ({ image, version, architecture }: ReleaseDiff["before"]): string =>
    `${image} ${version} for ${architecture}`;
  return before.image === after.image && before.architecture === after.architecture
    ? `${before.image} ${before.version} ${arrow} ${after.version} for ${before.architecture}`
    : `${name(before)} ${arrow} ${name(after)}`;
};

/** What is said of two releases in which nothing differs. */
export const identicalText = ({ before }: ReleaseDiff): string =>
  `${before.image} ${before.version} for ${before.architecture}: the releases are identical`;

const releasePart = ({ before, after }: ReleaseDiff): Part => {
  const rows: readonly (readonly [string, Cell, Cell])[] = [
    ["image", before.image, after.image],
    ["version", before.version, after.version],
    ["architecture", before.architecture, after.architecture],
    ["date", date(before.epoch), date(after.epoch)],
    ["kernel", { code: before.kernelRelease }, { code: after.kernelRelease }],
    ["root hash", { code: before.roothash }, { code: after.roothash }],
    ["salt", { code: before.salt }, { code: after.salt }],
    ["slot", `${before.slotSizeMib} MiB`, `${after.slotSizeMib} MiB`],
    ["boot entry", { code: before.bootEntry }, { code: after.bootEntry }],
  ];
  return {
    title: "Release",
    table: {
      head: ["", "before", "after"],
      rows: rows.filter(([, old, now]) => JSON.stringify(old) !== JSON.stringify(now)),
    },
  };
};

const SIZES = ["root.erofs", "root.verity", "uki.efi", "kernel", "initrd", "disk.raw"] as const;

const sizesPart = ({ sizes, slot, artifacts }: ReleaseDiff): Part => {
  const rows = SIZES.map((name) => [name, sizes[name]] as const)
    .filter(([, { before, after }]) => before !== after)
    .map(([name, { before, after }]): readonly Cell[] => [
      name,
      formatSize(before),
      formatSize(after),
      formatGrowth(after - before),
    ]);
  const [before, after] = [percent(slot.before.headroom), percent(slot.after.headroom)];
  const same = artifacts.filter((name) => sizes[name].before === sizes[name].after);
  return {
    title: "Sizes",
    table: {
      head: ["", "before", "after", "change"],
      rows: before === after ? rows : [...rows, ["left of the slot", before, after, ""]],
    },
    notes: same.length === 0 ? [] : [`Of the same size, with other bytes: ${same.join(", ")}.`],
  };
};

const packagesPart = ({ packages }: ReleaseDiff): Part => {
  const { added, removed, upgraded, downgraded, rebuilt, installedSizeKib } = packages;
  const kib = 1024;
  const one = (
    verb: string,
    { name, version, installedSizeKib: size }: PackageFacts,
    sign: 1 | -1,
  ) =>
    sign === 1
      ? [verb, { code: name }, "", { code: version }, formatGrowth(size * kib)]
      : [verb, { code: name }, { code: version }, "", formatGrowth(-size * kib)];
  const both = (verb: string, { name, before, after }: PackageChange): readonly Cell[] => [
    verb,
    { code: name },
    { code: before.version },
    { code: after.version },
    formatGrowth((after.installedSizeKib - before.installedSizeKib) * kib),
  ];
  const counts = counted([
    [added.length, "added"],
    [removed.length, "removed"],
    [upgraded.length, "upgraded"],
    [downgraded.length, "downgraded"],
    [rebuilt.length, "rebuilt"],
  ]);
  const growth = formatGrowth((installedSizeKib.after - installedSizeKib.before) * kib);
  return {
    title: `Packages: ${counts}, ${growth} installed`,
    table: {
      head: ["change", "package", "before", "after", "installed"],
      rows: [
        ...added.map((facts) => one("added", facts, 1)),
        ...removed.map((facts) => one("removed", facts, -1)),
        ...upgraded.map((change) => both("upgraded", change)),
        ...downgraded.map((change) => both("downgraded", change)),
        ...rebuilt.map((change) => both("rebuilt", change)),
      ],
    },
  };
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The day and time in UTC; a manifest may say more seconds than a date can hold. */
const date = (seconds: number): string =>
  seconds <= 8_640_000_000_000
    ? new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z")
    : `second ${seconds}`;
