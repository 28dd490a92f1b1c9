/** Programs in a Debian tree of their own: composing it, and running them with that tree as their root. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Exec } from "@slipway/host";

export interface Archives {
  readonly archive: string;
  readonly security: string | undefined;
}

export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const SUITE = "trixie";

export interface DebianTree {
  readonly packages: readonly string[];
  readonly archives: Archives;
  /** Lines of apt's configuration that say how to reach the archives. */
  readonly aptSettings: readonly string[];
}

/** Composes the tree in `directory` unless it is there already; what it holds is read from `tree.packages`. */
export const ensureTree = async (
  exec: Exec,
  directory: string,
  { packages, archives, aptSettings }: DebianTree,
): Promise<string> => {
  const tree = path.join(directory, "tree");
  const mark = path.join(directory, "tree.packages");
  const wanted = `${packages.join("\n")}\n`;
  if ((await readFile(mark, "utf8").catch(() => "")) === wanted) return tree;
  const fresh = path.join(directory, "tree.new");
  for (const old of [mark, tree, fresh]) await rm(old, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const source = (uri: string, suite: string): string =>
    `deb [signed-by=${KEYRING}] ${uri} ${suite} main`;
  await exec.run({
    argv: [
      ...(["mmdebstrap", "--mode=root", "--variant=apt", "--format=directory"] as const),
      `--include=${packages.join(",")}`,
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=APT::Install-Recommends "false"',
      ...aptSettings.map((setting) => `--aptopt=${setting}`),
      ...["--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/doc/*"],
      ...[SUITE, fresh],
      source(archives.archive, SUITE),
      source(archives.archive, `${SUITE}-updates`),
      ...(archives.security === undefined ? [] : [source(archives.security, `${SUITE}-security`)]),
    ],
    purpose: `composing a tree with ${packages[0]}`,
    env: { HOME: "/tmp", TMPDIR: directory },
  });
  await writeFile(path.join(fresh, "etc/resolv.conf"), "");
  await rename(fresh, tree);
  await writeFile(mark, wanted);
  return tree;
};

/**
 * Makes the tree the root of a private mount namespace and becomes the program in it. mkosi changes roots itself, which the
 * kernel allows only where the present one is a mount point: hence the tree is mounted on itself.
 */
const ENTER = `
tree=$1; work=$2; shift 2
mount --bind "$tree" "$tree"
for name in proc sys dev; do mount --rbind "/$name" "$tree/$name"; done
for name in tmp run; do mount -t tmpfs tmpfs "$tree/$name"; done
mount --bind "$(readlink -f /etc/resolv.conf)" "$tree/etc/resolv.conf"
mkdir -p "$tree$work"
mount --bind "$work" "$tree$work"
exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8 TZ=UTC "$@"
`;

/** The command line that runs a program of the tree; `work` is the only directory of the host that it sees. */
export const inTree = (
  tree: string,
  work: string,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] => [
  ...(["unshare", "--mount", "--propagation", "private"] as const),
  ...["sh", "-euc", ENTER, "in-tree", tree, work],
  ...command,
];
