/** Command lines that run a program inside a tools tree. Pure. */
import type { Command } from "@slipway/host";

export interface SandboxOptions {
  /** Directories and files of the host that the program may change, at the same path inside. */
  readonly writable?: readonly string[];
  /** Directories and files of the host that the program may read, at the same path inside. */
  readonly readable?: readonly string[];
  /** Files of the host that the program may read at another path: inside to host. */
  readonly mapped?: Readonly<Record<string, string>>;
  /** Default false: only tasks that fetch see a network. */
  readonly network?: boolean;
  /**
   * A directory that catches writes to the tools tree itself (an overlay's upper and work directory are made in
   * it). Without it the tree is read-only. For maintainer scripts that ignore DPKG_ROOT: what they write by
   * mistake lands here and is looked at, instead of changing the tools.
   */
  readonly scratch?: string;
}

/**
 * The root inside is an empty tmpfs that holds the tree's parts: bubblewrap makes the mount points of the host's
 * paths in it, which it could not do in the read-only tree.
 */
const TOP_DIRECTORIES = ["usr", "etc", "var"] as const;
const TOP_LINKS = ["bin", "sbin", "lib", "lib64"] as const;

const binds = (flag: string, files: readonly string[]): readonly string[] =>
  files.flatMap((file) => [flag, file, file]);

/**
 * The bubblewrap command line for `command` in `tree`. The environment inside is the command's own on top of
 * PATH, LC_ALL and TZ; the program dies with ours.
 */
export const sandboxCommand = (
  tree: string,
  command: Command,
  options: SandboxOptions = {},
): Command => {
  const { writable = [], readable = [], mapped = {}, network = false, scratch } = options;
  const environment = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    HOME: "/tmp",
    DEBIAN_FRONTEND: "noninteractive",
    ...command.env,
  };
  const root = scratch === undefined ? tree : `${scratch}/merged`;
  const bwrap = [
    "bwrap",
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", ...(network ? [] : ["--unshare-net"])],
    ...["--die-with-parent", "--cap-add", "ALL", "--clearenv"],
    ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]),
    ...TOP_DIRECTORIES.flatMap((name) => [
      scratch === undefined ? "--ro-bind" : "--bind",
      `${root}/${name}`,
      `/${name}`,
    ]),
    ...TOP_LINKS.flatMap((name) => ["--symlink", `usr/${name}`, `/${name}`]),
    ...["--dev-bind", "/dev", "/dev", "--proc", "/proc", "--ro-bind", "/sys", "/sys"],
    ...["--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/var/tmp"],
    ...(network ? ["--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf"] : []),
    ...binds("--ro-bind", readable),
    ...binds("--bind", writable),
    ...Object.entries(mapped).flatMap(([inside, host]) => ["--ro-bind", host, inside]),
    ...["--chdir", command.cwd ?? "/", "--"],
  ] as const;
  const { cwd: _, env: __, ...rest } = command;
  return { ...rest, argv: [...overlay(tree, scratch), ...bwrap, ...command.argv] };
};

/**
 * Debian 12's bubblewrap has no overlays yet, so a private mount namespace is made around it; it and all its
 * mounts vanish with the process, however that ends.
 */
const overlay = (
  tree: string,
  scratch: string | undefined,
): readonly [string, ...string[]] | readonly [] =>
  scratch === undefined
    ? []
    : [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-euc",
        'mkdir -p "$2/upper" "$2/work" "$2/merged"; ' +
          'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/merged"; ' +
          'shift 2; exec "$@"',
        "sandbox",
        tree,
        scratch,
      ];

/**
 * The command line for a program of the host's that is to end with ours, however that ends, and all it started with it:
 * the host as it is, in process and mount namespaces of its own.
 */
export const mortalCommand = (command: Command): Command => ({
  ...command,
  argv: [
    ...["bwrap", "--unshare-pid", "--die-with-parent", "--cap-add", "ALL"],
    ...["--dev-bind", "/", "/", "--proc", "/proc", "--"],
    ...command.argv,
  ] as const,
});
