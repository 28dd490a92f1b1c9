/** What the tree holds in which mkosi runs: mkosi and its programs. */
export const MKOSI_PACKAGES: readonly string[] = [
  ...["mkosi", "systemd-ukify", "systemd-repart", "systemd-boot-tools", "erofs-utils"],
  ...["cryptsetup-bin", "dosfstools", "mtools", "fdisk", "kmod", "cpio", "zstd", "xz-utils"],
  ...["bubblewrap", "apt", "debian-archive-keyring", "ca-certificates"],
];
