/** Butane's languages: what each version goes by, and what it forbids. */
import type { Minor } from "../ignition/schema/table.ts";
import type { Section } from "./sugar-tables.ts";

/** What a version refuses: paths in the generated config without list indexes, and what is said about them. */
export type Filters = Readonly<Record<string, string>>;

/** One version of one variant. */
export interface Dialect {
  readonly variant: string;
  readonly version: string;
  /** The Ignition spec that it is translated to, by its minor number; also says which of Butane's bases it rests on. */
  readonly minor: Minor;
  readonly sections: readonly Section[];
  /** Which rules about Fedora CoreOS's boot disk hold: none, those for reserved labels, or with the root's size. */
  readonly bootDisk: "free" | "labels" | "root";
  readonly filters: Filters;
  /** Set where the result is a machine config: OpenShift's minor version, 19 for 4.19.0. */
  readonly openshift?: number;
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

const fcos = (version: string, minor: Minor, sections: readonly Section[]): Dialect => ({
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

const GROUPS = "groups are not supported in this spec version";
const USER_FIELD =
  'fields other than "name", "ssh_authorized_keys", and "password_hash" (4.13.0+) are not supported in this spec version';
const USER_FIELDS = [
  ...["gecos", "groups", "homeDir", "noCreateHome", "noLogInit", "noUserGroup"],
  ...["primaryGroup", "shell", "shouldExist", "system", "uid"],
];

const openshiftFilters = (level: number): Filters => ({
  ...(level >= 14
    ? {
        kernelArguments:
          "this section cannot be used for kernel arguments in this spec version; use openshift.kernel_arguments instead",
      }
    : {}),
  "passwd.groups": GROUPS,
  ...Object.fromEntries(USER_FIELDS.map((field) => [`passwd.users.${field}`, USER_FIELD])),
  ...(level < 13 ? { "passwd.users.passwordHash": USER_FIELD } : {}),
  "storage.directories": "directories are not supported in this spec version",
  "storage.files.append": "appending to files is not supported in this spec version",
  ...(level < 10
    ? {
        "storage.files.contents.compression":
          "file compression is not supported in this spec version",
      }
    : {}),
  "storage.files.contents.httpHeaders": "file HTTP headers are not supported in this spec version",
  "storage.links": "links are not supported in this spec version",
});

/** The sections of the `fcos` version that each OpenShift version rests on. */
const openshift = (
  levels: readonly number[],
  minor: Minor,
  sections: readonly Section[],
): readonly Dialect[] =>
  levels.map((level) => ({
    variant: "openshift",
    version: `4.${level}.0${minor === 7 ? "-experimental" : ""}`,
    minor,
    sections: [...sections, "metadata", "openshift"],
    bootDisk: "root",
    filters: openshiftFilters(level),
    openshift: level,
  }));

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
  ...openshift([8, 9, 10, 11, 12, 13], 2, ["bootDevice"]),
  ...openshift([14, 15, 16, 17, 18], 4, ["bootDevice", "grub"]),
  ...openshift([19, 20, 21, 22], 5, ["bootDevice", "grub"]),
  ...openshift([23], 7, ["bootDevice", "grub"]),
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

/** The versions of a variant that can be translated, oldest first. */
export const butaneVersions = (variant: string): readonly string[] =>
  DIALECTS.filter((dialect) => dialect.variant === variant).map(({ version }) => version);
