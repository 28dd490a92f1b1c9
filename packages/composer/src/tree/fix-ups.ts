/**
 * What maintainer scripts leave undone in chrootless mode.
 *
 * Some scripts ignore DPKG_ROOT: what they mean for the new tree they do to the tools tree, where the sandbox
 * catches it (`Composed.escaped`). Each of them has an entry here that does the same to the right tree, and the
 * test that compares a chrootless tree with an ordinary one holds the two against each other. A write that no
 * entry explains is reported by the build.
 */
import {
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import type { Toolbox } from "../tools/toolbox.ts";

export interface FixUpContext {
  readonly toolbox: Toolbox;
  readonly tree: string;
  /** An empty directory beside the tree, for what these programs themselves leave in the tools tree. */
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
}

export interface FixUp {
  /** The package whose script is made up for. */
  readonly package: string;
  readonly why: string;
  /** The writes to the tools tree that this explains: paths, or directories with a trailing slash. */
  readonly explains: readonly string[];
  readonly apply: (context: FixUpContext) => Promise<void>;
}

const inTools = async (
  { toolbox, tree, scratch, signal }: FixUpContext,
  argv: readonly [string, ...string[]],
  purpose: string,
): Promise<void> => {
  await toolbox.run(
    { argv, purpose },
    { writable: [tree], scratch, ...(signal === undefined ? {} : { signal }) },
  );
};

const nothing = async (): Promise<void> => {};

export const FIX_UPS: readonly FixUp[] = [
  {
    package: "ca-certificates",
    why: "update-ca-certificates fills /etc/ssl/certs of the machine it runs on",
    explains: ["/etc/ssl/certs/", "/etc/ca-certificates.conf", "/usr/local/share/ca-certificates/"],
    apply: async (context) => {
      const shipped = path.join(context.tree, "usr/share/ca-certificates");
      const names = (await readdir(shipped, { recursive: true })).filter((name) =>
        name.endsWith(".crt"),
      );
      await writeFile(
        path.join(context.tree, "etc/ca-certificates.conf"),
        `# Certificates that this system trusts, one a line; see update-ca-certificates(8).\n${names.toSorted().join("\n")}\n`,
      );
      await mkdir(path.join(context.tree, "usr/local/share/ca-certificates"), { recursive: true });
      await mkdir(path.join(context.tree, "etc/ssl/certs"), { recursive: true });
      await inTools(
        context,
        ["update-ca-certificates", "--fresh", "--sysroot", context.tree],
        "collecting the trusted certificates",
      );
      await relinkBelow(path.join(context.tree, "etc/ssl/certs"), context.tree);
    },
  },
  {
    package: "libpam-runtime",
    why: "pam-auth-update writes the profiles of the machine it runs on",
    explains: ["/etc/pam.d/", "/var/lib/pam/"],
    apply: async (context) => {
      await inTools(
        context,
        ["pam-auth-update", "--package", "--force", "--root", context.tree],
        "writing the PAM configuration",
      );
      // With --force it keeps what it found, which is the configuration without the image's own modules.
      const directory = path.join(context.tree, "etc/pam.d");
      for (const name of await readdir(directory)) {
        if (name.endsWith(".pam-old")) await rm(path.join(directory, name));
      }
    },
  },
  {
    package: "udev",
    why: "systemd-hwdb compiles the hardware database of the machine it runs on",
    explains: ["/usr/lib/udev/hwdb.bin"],
    // Not with --root: the database names the files it was made from, by the paths that the program saw.
    apply: async ({ toolbox, tree, scratch, signal }) => {
      const sources = "/usr/lib/udev/hwdb.d";
      await toolbox.run(
        { argv: ["systemd-hwdb", "--usr", "update"], purpose: "compiling the hardware database" },
        {
          scratch,
          mapped: { [sources]: path.join(tree, sources) },
          ...(signal === undefined ? {} : { signal }),
        },
      );
      const database = path.join(tree, "usr/lib/udev/hwdb.bin");
      await copyFile(path.join(scratch, "upper/usr/lib/udev/hwdb.bin"), database);
      await chmod(database, 0o444);
    },
  },
  {
    package: "openssh-client",
    why: "the postinst adds the group _ssh, and gives it ssh-agent, on the machine it runs on",
    explains: ["/usr/bin/ssh-agent"],
    apply: async ({ tree }) => {
      const agent = path.join(tree, "usr/bin/ssh-agent");
      const gid = await ensureSystemGroup(tree, "_ssh");
      await chown(agent, 0, gid);
      await chmod(agent, 0o2755);
    },
  },
  {
    package: "openssh-server",
    why: "ucf installs sshd_config on the machine it runs on",
    explains: ["/etc/ssh/sshd_config"],
    apply: async ({ tree }) => {
      const target = path.join(tree, "etc/ssh/sshd_config");
      await copyFile(path.join(tree, "usr/share/openssh/sshd_config"), target);
      await chmod(target, 0o644);
    },
  },
  {
    package: "readline-common",
    why: "the postinst looks for /etc/inputrc, and puts it, on the machine it runs on",
    explains: ["/etc/inputrc"],
    apply: async ({ tree }) => {
      const target = path.join(tree, "etc/inputrc");
      await copyFile(path.join(tree, "usr/share/readline/inputrc"), target);
      await chmod(target, 0o644);
    },
  },
  {
    package: "ucf",
    why: "its registry of configuration files is state of a package manager, which an image has no use for",
    explains: ["/var/lib/ucf/", "/var/cache/debconf/"],
    apply: nothing,
  },
  {
    package: "adduser",
    why: "adds accounts to the machine it runs on; those that count are made by the entries here",
    explains: [
      ...["/etc/passwd", "/etc/passwd-", "/etc/group", "/etc/group-", "/etc/.pwd.lock"],
      ...[
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/gshadow-",
        "/etc/subuid",
        "/etc/subgid",
      ],
    ],
    apply: nothing,
  },
];

/** Links that name the tree's place on the build machine are made to name the place on the node. */
const relinkBelow = async (directory: string, tree: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    const link = path.join(directory, name);
    if (!(await lstat(link)).isSymbolicLink()) continue;
    const target = await readlink(link);
    if (!target.startsWith(`${tree}/`)) continue;
    await rm(link);
    await symlink(path.posix.normalize(target.slice(tree.length)), link);
  }
};

/** Adds a group as adduser(8) would: the lowest free id from 100 up. Returns the id it has. */
const ensureSystemGroup = async (tree: string, name: string): Promise<number> => {
  const file = path.join(tree, "etc/group");
  const text = await readFile(file, "utf8");
  const ids = new Map(
    text.split("\n").flatMap((line) => {
      const [group, , gid] = line.split(":");
      return group === undefined || gid === undefined ? [] : [[group, Number(gid)] as const];
    }),
  );
  const known = ids.get(name);
  if (known !== undefined) return known;
  const taken = new Set(ids.values());
  let gid = 100;
  while (taken.has(gid)) gid += 1;
  await writeFile(file, `${text}${name}:x:${gid}:\n`);
  return gid;
};

/** Applies the entries of the packages that are installed in the tree. */
export const applyFixUps = async (
  context: FixUpContext,
  installed: ReadonlySet<string>,
): Promise<void> => {
  for (const fixUp of FIX_UPS) {
    if (installed.has(fixUp.package)) await fixUp.apply(context);
  }
};

/** The escaped writes that no fix-up of an installed package explains. */
export const unexplained = (
  escaped: readonly string[],
  installed: ReadonlySet<string>,
): readonly string[] => {
  const known = FIX_UPS.filter((fixUp) => installed.has(fixUp.package)).flatMap(
    (fixUp) => fixUp.explains,
  );
  return escaped.filter(
    (file) =>
      !known.some((entry) => (entry.endsWith("/") ? file.startsWith(entry) : file === entry)),
  );
};
