/** Butane's languages: what each version goes by, and what it forbids. */
import type { Minor } from "../ignition/schema/table.ts";
import type { FcosSection } from "./sugar-tables.ts";

/** What a version refuses: paths in the generated config without list indexes, and what is said about them. */
export type Filters = Readonly<Record<string, string>>;

/** One version of one variant. */
export interface Dialect {
  readonly variant: string;
  readonly version: string;
  /** The Ignition spec that it is translated to, by its minor number; also says which of Butane's bases it rests on. */
  readonly minor: Minor;
  readonly sections: readonly FcosSection[];
  /** Which rules about Fedora CoreOS's boot disk hold: none, those for reserved labels, or with the root's size. */
  readonly bootDisk: "free" | "labels" | "root";
  readonly filters: Filters;
}

const EDGE_FILTERS: Filters = {
  kernelArguments: "kernel argument customization is not supported in this spec version",
  "storage.disks": "disk customization is not supported in this spec version",
  "storage.filesystems": "filesystem customization is not supported in this spec version",
  "storage.luks": "luks is not supported in this spec version",
  "storage.raid": "raid is not supported in this spec version",
};
const NO_CLEVIS: Filters = {
  "storage.luks.clevis": "clevis is not supported in this spec version",
};
const NO_CEX: Filters = {
  "storage.luks.cex": "cex is not currently supported on the target platform",
};

const fcos = (version: string, minor: Minor, sections: readonly FcosSection[]): Dialect => ({
  variant: "fcos",
  version,
  minor,
  sections,
  bootDisk: sections.length > 0 ? "root" : "labels",
  filters: {},
});

const plain = (variant: string, version: string, minor: Minor, filters: Filters): Dialect => ({
  variant,
  version,
  minor,
  sections: [],
  bootDisk: "free",
  filters,
});

const DIALECTS: readonly Dialect[] = [
  fcos("1.0.0", 0, []),
  fcos("1.1.0", 1, []),
  fcos("1.2.0", 2, []),
  fcos("1.3.0", 2, ["bootDevice"]),
  fcos("1.4.0", 3, ["bootDevice"]),
  fcos("1.5.0", 4, ["bootDevice", "grub"]),
  fcos("1.6.0", 5, ["bootDevice", "grub"]),
  fcos("1.7.0", 6, ["bootDevice", "grub"]),
  fcos("1.8.0-experimental", 7, ["bootDevice", "grub"]),
  plain("flatcar", "1.0.0", 3, NO_CLEVIS),
  plain("flatcar", "1.1.0", 4, NO_CLEVIS),
  plain("flatcar", "1.2.0-experimental", 7, NO_CEX),
  plain("r4e", "1.0.0", 3, EDGE_FILTERS),
  plain("r4e", "1.1.0", 4, EDGE_FILTERS),
  plain("r4e", "1.2.0-experimental", 7, EDGE_FILTERS),
  plain("fiot", "1.0.0", 4, EDGE_FILTERS),
  plain("fiot", "1.1.0-experimental", 7, EDGE_FILTERS),
];

const byName = new Map(
  DIALECTS.map((dialect) => [`${dialect.variant} ${dialect.version}`, dialect]),
);

export const dialectOf = (variant: string, version: string): Dialect | undefined =>
  byName.get(`${variant} ${version}`);

/** The variants that can be translated. */
export const BUTANE_VARIANTS: readonly string[] = [
  ...new Set(DIALECTS.map(({ variant }) => variant)),
];

/** Variants that Butane knows and that are not translated here. */
export const OTHER_VARIANTS: ReadonlySet<string> = new Set(["openshift"]);

/** The versions of a variant that can be translated, oldest first. */
export const butaneVersions = (variant: string): readonly string[] =>
  DIALECTS.filter((dialect) => dialect.variant === variant).map(({ version }) => version);
