/** Composing the tools trees from Debian packages with the host's mmdebstrap. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Command, type Exec, HostError } from "@slipway/host";
import { digestOf, type StepInputs, type StepRecipe } from "../cache/key.ts";
import { peekBelow, type StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import type { Mirrors } from "./apt-sources.ts";
import { mortalCommand } from "./sandbox.ts";
import { openToolbox, type Toolbox } from "./toolbox.ts";

/** Which programs: `compose` for builds, `machine` for QEMU, so that a build need not fetch QEMU. */
export type ToolsKind = "compose" | "machine";

/** The Debian release the tools come from: one for every image, whatever its own suite is. */
const TOOLS_SUITE = "trixie";

const PACKAGES: Readonly<Record<ToolsKind, readonly string[]>> = {
  compose: [
    ...["mmdebstrap", "apt-utils", "erofs-utils", "cryptsetup-bin", "kmod", "cpio", "attr"],
    ...["systemd-ukify", "systemd-repart", "dosfstools", "mtools", "sbsigntool", "fdisk"],
    ...["zstd", "xz-utils", "e2fsprogs", "ca-certificates", "elfutils"],
    // Maintainer scripts of composed packages run with these programs under DPKG_ROOT (chrootless mode).
    ...["systemd", "udev", "dbus-broker", "openssh-server"],
  ],
  // socat carries what a machine may say to a server of this host's: see qemu/machine.ts.
  machine: [
    ...["qemu-system-x86", "qemu-system-arm", "qemu-utils", "ovmf", "qemu-efi-aarch64"],
    "socat",
  ],
};

const RECIPE: StepRecipe = { name: "tools", revision: 1 };

/** The mmdebstrap command line for a tools tree; runs on the host, which must be root. */
export const toolsCommand = (
  kind: ToolsKind,
  tree: string,
  mirrors: Mirrors,
  aptSettings: readonly string[],
): Command => {
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const line = (uri: string, suite: string): string =>
    `deb [signed-by=${keyring}] ${uri} ${suite} main`;
  return {
    argv: [
      // Outside of any sandbox: its processes have to be made to die with us.
      ...(["setpriv", "--pdeathsig", "KILL"] as const),
      ...["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
      "mmdebstrap",
      "--mode=root",
      // QEMU and firmware need no maintainer script, so they are only unpacked.
      kind === "compose" ? "--variant=apt" : "--variant=extract",
      "--format=directory",
      `--include=${PACKAGES[kind].join(",")}`,
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=APT::Install-Recommends "false"',
      ...aptSettings.map((setting) => `--aptopt=${setting}`),
      // No path-exclude here: dpkg in chrootless mode reads this tree's settings, and images would lack the files too.
      "--dpkgopt=force-unsafe-io",
      TOOLS_SUITE,
      tree,
      line(mirrors.archive, TOOLS_SUITE),
      line(mirrors.archive, `${TOOLS_SUITE}-updates`),
      ...(mirrors.security === undefined
        ? []
        : [line(mirrors.security, `${TOOLS_SUITE}-security`)]),
    ],
    purpose: `composing the ${kind} tools tree`,
    env: { HOME: "/tmp", TMPDIR: path.dirname(tree) },
  };
};

/**
 * The tools of a kind, composed on first use. The tree is found by the list of packages asked for; its digest is
 * that of the versions it got, so that artifacts made by other programs are never taken for each other.
 */
export const ensureToolbox = async (
  exec: Exec,
  store: StepStore,
  progress: Progress,
  kind: ToolsKind,
  sources: () => Promise<{ mirrors: Mirrors; aptSettings: readonly string[] }>,
): Promise<Toolbox> => {
  const result = await store.run(RECIPE, kind, toolsInputs(kind), (directory) =>
    progress.task(`tools (${kind})`, "composed once, then cached", async (task) => {
      const tree = path.join(directory, "tree");
      const { mirrors, aptSettings } = await sources();
      await mkdir(tree);
      await exec
        .run(mortalCommand(toolsCommand(kind, tree, mirrors, aptSettings)), {
          ...(progress.signal === undefined ? {} : { signal: progress.signal }),
          onStderrLine: (line) => task.note(line.replace(/^I: /, "")),
        })
        .catch((error: unknown) => {
          throw mirrorError(error, mirrors);
        });
      const listing = await exec.run({
        argv: [
          "dpkg-query",
          `--admindir=${tree}/var/lib/dpkg`,
          "-W",
          "-f",
          "${Package} ${Version}\\n",
        ],
        purpose: "listing the tools",
      });
      // Mount points for the sandbox: a read-only tree cannot get them later.
      await mkdir(path.join(tree, "var/tmp"), { recursive: true });
      await rm(path.join(tree, "var/cache/apt"), { recursive: true, force: true });
      await rm(path.join(tree, "var/lib/apt/lists"), { recursive: true, force: true });
      await writeFile(path.join(directory, "packages.txt"), listing.stdout);
    }),
  );
  return toolboxIn(exec, kind, result.directory);
};

/** apt's complaints about the archive, among all that mmdebstrap says, become an error of their own. */
const mirrorError = (error: unknown, mirrors: Mirrors): unknown => {
  if (!(error instanceof HostError) || error.code !== "COMMAND_FAILED") return error;
  const complaints = (error.output ?? "").match(/^E: (?:Failed to fetch|The repository) .*$/gm);
  if (complaints === null || /No space left on device/i.test(error.output ?? "")) return error;
  return new ComposerError(
    "MIRROR_FAILED",
    `the tools could not be fetched from ${mirrors.archive}:\n${complaints.slice(0, 6).join("\n")}`,
    {
      cause: error,
      hint: "check the address (image.debian.mirror, or the host's apt sources) and the network, and run the command again",
    },
  );
};

/** All of the command but what differs from machine to machine. */
const toolsInputs = (kind: ToolsKind): StepInputs => ({
  kind,
  command: digestOf(toolsCommand(kind, "/tree", { archive: "", security: "" }, []).argv),
});

const toolboxIn = async (exec: Exec, kind: ToolsKind, directory: string): Promise<Toolbox> => {
  const listing = await readFile(path.join(directory, "packages.txt"), "utf8");
  // The settings count as well as the versions: dpkg in chrootless mode follows those of the tools tree.
  const digest = digestOf([toolsInputs(kind), listing]);
  return openToolbox(exec, path.join(directory, "tree"), listing, digest);
};

/** The tools of a kind if they are in the cache under `root`; makes nothing. */
export const findToolbox = async (
  exec: Exec,
  root: string,
  kind: ToolsKind,
): Promise<Toolbox | undefined> => {
  const { hit, key } = await peekBelow(root)(RECIPE, kind, toolsInputs(kind));
  return hit ? toolboxIn(exec, kind, path.join(root, "steps", RECIPE.name, key)) : undefined;
};
