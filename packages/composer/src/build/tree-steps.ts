/** The slow steps, which a config has no part in: package tree, kernel, initrd. */
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { type Accounts, pinnedDatabases } from "../accounts/pins.ts";
import { digestOf, type StepInputs, type StepRecipe } from "../cache/key.ts";
import { ComposerError } from "../errors.ts";
import { realOwnership } from "../bake/ownership.ts";
import { contractFingerprint } from "../contract/fingerprint.ts";
import { prepareTree } from "../contract/prepare-tree.ts";
import { composeInitrd } from "../initrd/compose.ts";
import { initrdFingerprint } from "../initrd/fingerprint.ts";
import { debFile } from "../lock/debs.ts";
import { type LockedPackage, type PackageSet, packagesOf } from "../lock/lock.ts";
import { EXCERPTS, excerptFiles } from "../node/packages.ts";
import { composeTree } from "../tree/compose.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { applyFixUps, unexplained } from "../tree/fix-ups.ts";
import { type Kernel, kernelIn, unpackKernel } from "../tree/kernel.ts";
import { COMPOSER_VERSION } from "../version.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
import { settleFindings } from "./root-checks.ts";

/**
 * The date of whatever maintainer scripts date (2000-01-01). The same for every release, since an image's time is
 * in its superblock: a date inside a file would only make releases differ.
 */
const TREE_EPOCH = 946_684_800;

/** One input a package, so that `--explain` can name the one that changed. */
const setInputs = (target: Target, set: PackageSet): Readonly<Record<string, string>> =>
  Object.fromEntries(
    packagesOf(target.locked, set).map((entry) => [
      `package ${entry.name}`,
      `${entry.version} ${entry.sha256}`,
    ]),
  );

export const KERNEL: StepRecipe = { name: "kernel", revision: 1 };

export const kernelInputs = (toolbox: Toolbox, target: Target): StepInputs => ({
  ...setInputs(target, "kernel"),
  tools: toolbox.digest,
});

/** A kernel with the identity of the step that unpacked it. */
export interface KernelResult extends Kernel {
  readonly key: string;
}

export const kernelStep = async (context: BuildContext, target: Target): Promise<KernelResult> => {
  const [entry] = packagesOf(target.locked, "kernel");
  if (entry === undefined) {
    throw new ComposerError("LOCK_INVALID", "the lock names no kernel", {
      hint: "delete the lock to resolve everything anew",
    });
  }
  const { toolbox, store, progress } = context;
  const inputs = kernelInputs(toolbox, target);
  const { directory, key } = await runStep(context, target, KERNEL, inputs, (made) =>
    unpackKernel(toolbox, store, entry, made, progress.signal),
  );
  await store.prune(KERNEL, 8);
  return { key, ...(await kernelIn(directory)) };
};

export const TREE: StepRecipe = { name: "tree", revision: 5 };

export interface TreeResult {
  /** Digest of the step, an input of later ones. */
  readonly key: string;
  readonly tree: string;
}

/** The account databases of the empty root; without any pins yet, the packages make their own. */
const accountFiles = (pins: Accounts): Readonly<Record<string, string>> => {
  if (Object.keys(pins.users).length === 0) return {};
  return Object.fromEntries(
    Object.entries(pinnedDatabases(pins)).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, text]],
    ),
  );
};

/** The inputs of the package tree when it starts from these accounts. */
export const treeInputs = (toolbox: Toolbox, target: Target, pins: Accounts): StepInputs => ({
  ...setInputs(target, "root"),
  ...setInputs(target, "excerpt"),
  ...setInputs(target, "kernel"),
  excerpts: digestOf(EXCERPTS),
  tools: toolbox.digest,
  slipway: COMPOSER_VERSION,
  accounts: digestOf(accountFiles(pins)),
  contract: contractFingerprint(),
});

/**
 * Lets the tree be found under the accounts that the lock keeps from now on. A tree composed from its own accounts
 * as pins gives the same root (a test holds us to it), so completing the lock must not compose everything again.
 */
export const aliasTree = (
  context: BuildContext,
  target: Target,
  tree: TreeResult,
  pins: Accounts,
): Promise<void> => context.store.alias(TREE, tree.key, treeInputs(context.toolbox, target, pins));

/** All packages of the root, configured, with the kernel's modules; nothing of the config yet. */
export const treeStep = async (
  context: BuildContext,
  target: Target,
  kernel: Kernel,
): Promise<TreeResult> => {
  const { toolbox, store } = context;
  const inputs = treeInputs(toolbox, target, target.lock.accounts);
  const result = await runStep(context, target, TREE, inputs, async (directory, note) => {
    await using work = await store.scratch("tree");
    const tree = path.join(directory, "tree");
    await makeTree(context, target, kernel, {
      mode: "chrootless",
      tree,
      work: work.directory,
      note,
    });
  });
  await store.prune(TREE, 6);
  return { key: result.key, tree: path.join(result.directory, "tree") };
};

export interface TreeMaking {
  /** `root` is for comparison: an ordinary installation, without the fix-ups that chrootless mode needs. */
  readonly mode: "chrootless" | "root";
  /** The directory to make. */
  readonly tree: string;
  /** An empty directory beside it. */
  readonly work: string;
  readonly note: (text: string) => void;
}

/** Composes a package tree and prepares it for a config. */
export const makeTree = async (
  context: BuildContext,
  target: Target,
  kernel: Kernel,
  { mode, tree, work, note }: TreeMaking,
): Promise<void> => {
  const { toolbox, store, progress } = context;
  const { architecture, locked, lock } = target;
  const packages = packagesOf(locked, "root");
  const installed = new Set(packages.map((entry) => entry.name));
  const { escaped } = await composeTree(
    toolbox,
    store,
    {
      purpose: `composing the ${architecture} packages`,
      architecture,
      packages,
      mode,
      epoch: TREE_EPOCH,
      etc: accountFiles(lock.accounts),
    },
    tree,
    work,
    { note, bytes: () => undefined },
    progress.signal,
  );
  if (mode === "chrootless") {
    const scratch = path.join(work, "fix-ups");
    await mkdir(scratch);
    await applyFixUps({ toolbox, tree, scratch, signal: progress.signal }, installed);
    for (const file of unexplained(escaped, installed)) {
      progress.warn(
        `a maintainer script ignored DPKG_ROOT and wrote ${file} outside the ${architecture} tree: check that the image has what it needs`,
      );
    }
  }
  await toolbox.run(
    {
      argv: ["cp", "-a", `${kernel.tree}/usr/.`, path.join(tree, "usr")],
      purpose: "adding the kernel modules",
    },
    { readable: [kernel.tree], writable: [tree] },
  );
  await addExcerpts(context, target, tree);
  const prepared = await prepareTree({ root: tree, ownership: realOwnership });
  settleFindings(context, prepared.findings);
};

/** Single files of packages whose dependencies a node does without; no script of theirs is run. */
const addExcerpts = async (
  { toolbox, store }: BuildContext,
  { locked }: Target,
  tree: string,
): Promise<void> => {
  for (const entry of packagesOf(locked, "excerpt")) {
    const deb = debFile(store, entry);
    await toolbox.run(
      {
        argv: [
          "sh",
          "-euc",
          'deb=$1 tree=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | tar -C "$tree" --keep-directory-symlink -x "$@"',
          "excerpt",
          deb,
          tree,
          ...excerptFiles(entry.name).map((file) => `.${file}`),
        ],
        purpose: `adding files of ${entry.name}`,
      },
      { writable: [tree], readable: [deb] },
    );
  }
};

export const INITRD: StepRecipe = { name: "initrd", revision: 1 };

export const initrdInputs = (toolbox: Toolbox, target: Target): StepInputs => ({
  ...setInputs(target, "initrd"),
  ...setInputs(target, "kernel"),
  tools: toolbox.digest,
  modules: target.definition.image.initrdModules.toSorted().join(" "),
  contents: initrdFingerprint(),
});

export interface InitrdResult {
  readonly key: string;
  readonly file: string;
}

export const initrdStep = async (
  context: BuildContext,
  target: Target,
  kernel: Kernel,
): Promise<InitrdResult> => {
  const { toolbox, store, progress } = context;
  const { definition, architecture, locked } = target;
  const packages = packagesOf(locked, "initrd");
  const inputs = initrdInputs(toolbox, target);
  const { directory, key } = await runStep(context, target, INITRD, inputs, async (made) => {
    await using work = await store.scratch("initrd");
    const packageTree = path.join(work.directory, "packages");
    const scratch = path.join(work.directory, "modules");
    await mkdir(packageTree);
    await mkdir(scratch);
    await unpackAll(context, packages, packageTree);
    await composeInitrd(
      toolbox,
      {
        architecture,
        packageTree,
        modules: path.join(kernel.tree, "usr/lib/modules", kernel.release),
        extraModules: definition.image.initrdModules,
        scratch,
        output: path.join(made, "initrd.cpio"),
      },
      progress.signal,
    );
  });
  await store.prune(INITRD, 8);
  return { key, file: path.join(directory, "initrd.cpio") };
};

/** Unpacks packages over each other, in order of their names; no script of theirs is run. */
const unpackAll = async (
  { toolbox, store }: BuildContext,
  packages: readonly LockedPackage[],
  tree: string,
): Promise<void> => {
  // Merged /usr first: without the links, packages that still ship /lib would make it a directory.
  for (const name of ["bin", "lib", "sbin"])
    await mkdir(path.join(tree, "usr", name), { recursive: true });
  await toolbox.run(
    {
      argv: [
        "sh",
        "-ec",
        'tree=$1; shift; for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done; ' +
          'for deb; do dpkg-deb --fsys-tarfile "$deb" | tar -C "$tree" --keep-directory-symlink -x; done',
        "unpack",
        tree,
        ...packages.map((entry) => debFile(store, entry)),
      ],
      purpose: "unpacking the initrd's packages",
    },
    { writable: [tree], readable: [store.packages] },
  );
};

export const LOADER: StepRecipe = { name: "loader", revision: 2 };

export const loaderInputs = (target: Target): StepInputs => setInputs(target, "loader");

export interface Loader {
  readonly key: string;
  /** systemd-boot's EFI program. */
  readonly program: string;
  /** systemd's EFI stub, which a UKI is built around. */
  readonly stub: string;
  /** The stub of EFI programs that hold sections only: further profiles of a UKI, before they are joined to it. */
  readonly addonStub: string;
}

/** systemd-boot and the stub for the target's architecture, from its own package. */
export const loaderStep = async (
  context: BuildContext,
  target: Target,
  efi: string,
): Promise<Loader> => {
  const inputs = loaderInputs(target);
  const { directory, key } = await runStep(context, target, LOADER, inputs, async (made) => {
    await using work = await context.store.scratch("loader");
    await unpackAll(context, packagesOf(target.locked, "loader"), work.directory);
    const shipped = path.join(work.directory, "usr/lib/systemd/boot/efi");
    await rename(path.join(shipped, `systemd-boot${efi}.efi`), path.join(made, "loader.efi"));
    await rename(path.join(shipped, `linux${efi}.efi.stub`), path.join(made, "stub.efi"));
    await rename(path.join(shipped, `addon${efi}.efi.stub`), path.join(made, "addon.efi"));
  });
  await context.store.prune(LOADER, 8);
  return {
    key,
    program: path.join(directory, "loader.efi"),
    stub: path.join(directory, "stub.efi"),
    addonStub: path.join(directory, "addon.efi"),
  };
};
