/** What every node needs of Debian, whatever its definition asks for. */

/** Packages of every root: what `prepare-node` runs, and the libraries of the excerpts below and of the agent's Node.js. */
export const NODE_PACKAGES: readonly string[] = [
  ...["libatomic1", "libstdc++6"],
  ...["coreutils", "dmsetup", "kmod", "libinih1", "liburcu8t64", "mount", "systemd-repart"],
  // The console has nobody to log in with otherwise.
  "login",
  ...["udev", "util-linux"],
];

/** A package of which single files are in the root, without what it depends on. */
export interface Excerpt {
  readonly package: string;
  /** Absolute paths; the copyright file comes along. */
  readonly files: readonly string[];
}

export const EXCERPTS: readonly Excerpt[] = [
  // Blessing, without the units beside it that write to the ESP at every boot or update.
  {
    package: "systemd-boot",
    files: [
      "/usr/lib/systemd/system-generators/systemd-bless-boot-generator",
      "/usr/lib/systemd/system/systemd-bless-boot.service",
      "/usr/lib/systemd/systemd-bless-boot",
    ],
  },
  // Debian's xfsprogs needs Python and ICU for programs that no node runs by itself. To make, grow and repair `/var`,
  // three programs and the two small libraries above do.
  {
    package: "xfsprogs",
    files: ["/usr/sbin/mkfs.xfs", "/usr/sbin/xfs_growfs", "/usr/sbin/xfs_repair"],
  },
];

/** The files that are taken out of a package. */
export const excerptFiles = (name: string): readonly string[] =>
  EXCERPTS.filter((one) => one.package === name).flatMap(({ files }) => [
    ...files,
    `/usr/share/doc/${name}/copyright`,
  ]);
