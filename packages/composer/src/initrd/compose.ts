/** Composes an initrd from an unpacked package tree and a kernel's modules. */
import { createWriteStream, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command, CommandResult, RunOptions } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { ComposerError } from "../errors.ts";
import { nearest } from "../lock/nearest.ts";
import { selectContents, withDirectories } from "./assemble.ts";
import { frame, inArchiveOrder, trailer } from "./cpio.ts";
import { type ElfFacts, readElf } from "./elf.ts";
import type { InitrdEntry } from "./entry.ts";
import type { TreeNode, TreeView } from "./libraries.ts";
import { filterModulesOrder, type KernelModules, type ModulePlan, planModules } from "./modules.ts";
import { initrdOverlay } from "./overlay.ts";
import { INITRD_MODULES } from "./wanted-modules.ts";

export interface InitrdRequest {
  readonly architecture: Architecture;
  /** The packages of `initrdPackages` with their dependencies, unpacked; no maintainer script need have run. */
  readonly packageTree: string;
  /** A kernel's directory of modules, `…/usr/lib/modules/VERSION`: modules decompressed, depmod's files in it. */
  readonly modules: string;
  /** The definition's own modules; a name that no kernel knows is an error. */
  readonly extraModules: readonly string[];
  /** What the kernels of the definition's other architectures know (`knownModules`): those names may be missing here. */
  readonly elsewhere?: readonly string[];
  /** An empty directory on the build machine, for the modules that depmod looks at. */
  readonly scratch: string;
  /** Where the archive is written. */
  readonly output: string;
}

/** The part of a toolbox that runs depmod. */
export interface DepmodRunner {
  run(
    command: Command,
    options?: { readonly writable?: readonly string[] } & RunOptions,
  ): Promise<CommandResult>;
}

export interface Initrd {
  readonly size: number;
  /** The modules packed, relative to the kernel's directory of modules. */
  readonly modules: readonly string[];
}

export const composeInitrd = async (
  tools: DepmodRunner,
  request: InitrdRequest,
  signal?: AbortSignal,
): Promise<Initrd> => {
  const plan = await readModulePlan(request);
  const entries = [
    ...(await packageEntries(request.packageTree, request.architecture)),
    ...(await moduleEntries(tools, plan, request, signal)),
    ...initrdOverlay(plan),
  ];
  const size = await writeArchive(withDirectories(entries), request.output);
  return { size, modules: plan.files };
};

/** The names of all modules of a kernel, from its directory of modules. */
export const knownModules = async (directory: string): Promise<readonly string[]> =>
  planModules(await readKernelModules(directory), []).known;

const readKernelModules = async (directory: string): Promise<KernelModules> => {
  const read = async (name: string): Promise<string> =>
    readFile(path.join(directory, name), "utf8");
  return {
    dependencies: await read("modules.dep"),
    builtin: await read("modules.builtin"),
    soft: await read("modules.softdep"),
  };
};

const readModulePlan = async ({
  modules,
  extraModules,
  elsewhere = [],
}: Pick<InitrdRequest, "modules" | "extraModules" | "elsewhere">): Promise<ModulePlan> => {
  const kernel = await readKernelModules(modules);
  const { missing, known } = planModules(kernel, extraModules);
  const nowhere = missing.filter((name) => !elsewhere.includes(name));
  if (nowhere.length > 0) {
    const named = nowhere.map((name) => {
      const meant = nearest(name, [...known, ...elsewhere]);
      return meant === undefined ? name : `${name} (did you mean ${meant}?)`;
    });
    throw new ComposerError(
      "UNKNOWN_MODULE",
      `the kernel ${path.basename(modules)} has no module ${named.join(", no module ")}`,
      { hint: "correct or remove the name in the definition's list of initrd modules" },
    );
  }
  return planModules(kernel, [...INITRD_MODULES, ...extraModules]);
};

/** The allow-listed part of the package tree. */
const packageEntries = async (
  tree: string,
  architecture: Architecture,
): Promise<readonly InitrdEntry[]> => {
  const facts = ARCHITECTURE[architecture];
  const view = viewOf(tree);
  const selection = selectContents(
    view,
    await wantsLinks(tree),
    `${architecture}-linux-gnu`,
    facts.elfMachine,
  );
  if (selection.missing.length > 0 || selection.foreign.length > 0) {
    const lines = [
      ...selection.missing.map((one) => `${one.path} is missing, wanted by ${one.wantedBy}`),
      ...selection.foreign.map((file) => `${file} is for another machine than ${architecture}`),
    ];
    throw new ComposerError(
      "INITRD_INCOMPLETE",
      `the initrd cannot be composed:\n${lines.join("\n")}`,
      {
        hint: "the packages differ from those the list of contents was made for (composer/src/initrd/contents.ts)",
      },
    );
  }
  return selection.paths.map((file): InitrdEntry => {
    const node = view.node(file);
    if (node?.kind === "link") return { kind: "link", path: file, target: node.target };
    // Only root runs anything in an initrd: set-id bits have no business there.
    const mode = node?.kind === "file" && (node.mode & 0o111) !== 0 ? 0o755 : 0o644;
    return { kind: "file", path: file, mode, content: { file: path.join(tree, file) } };
  });
};

const viewOf = (tree: string): TreeView => {
  const elf = new Map<string, ElfFacts | undefined>();
  return {
    node: (file): TreeNode | undefined => {
      const real = path.join(tree, file);
      const stats = lstatSync(real, { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      if (stats.isSymbolicLink()) return { kind: "link", target: readlinkSync(real) };
      if (stats.isFile()) return { kind: "file", mode: stats.mode };
      return { kind: stats.isDirectory() ? "directory" : "other" };
    },
    elf: (file) => {
      if (!elf.has(file)) elf.set(file, readElf(readFileSync(path.join(tree, file))));
      return elf.get(file);
    },
  };
};

const wantsLinks = async (tree: string): Promise<readonly string[]> => {
  const units = "/usr/lib/systemd/system";
  const directories = (await readdir(path.join(tree, units))).filter((name) =>
    name.endsWith(".wants"),
  );
  const links = await Promise.all(
    directories.map(async (name) =>
      (await readdir(path.join(tree, units, name))).map((link) =>
        path.posix.join(units, name, link),
      ),
    ),
  );
  return links.flat();
};

/** What libkmod reads; the text files beside them are for people. */
const KMOD_FILES = [
  ...["modules.alias.bin", "modules.builtin.alias.bin", "modules.builtin.bin", "modules.dep.bin"],
  ...["modules.devname", "modules.softdep", "modules.symbols.bin", "modules.weakdep"],
] as const;

/** The planned modules, with depmod's files for exactly these. */
const moduleEntries = async (
  tools: DepmodRunner,
  plan: ModulePlan,
  { modules, scratch }: Pick<InitrdRequest, "modules" | "scratch">,
  signal: AbortSignal | undefined,
): Promise<readonly InitrdEntry[]> => {
  const version = path.basename(modules);
  const staged = path.join(scratch, "lib/modules", version);
  for (const file of plan.files) {
    await mkdir(path.dirname(path.join(staged, file)), { recursive: true });
    await copyFile(path.join(modules, file), path.join(staged, file));
  }
  await mkdir(staged, { recursive: true });
  await copyFile(path.join(modules, "modules.builtin"), path.join(staged, "modules.builtin"));
  await copyFile(
    path.join(modules, "modules.builtin.modinfo"),
    path.join(staged, "modules.builtin.modinfo"),
  );
  const order = await readFile(path.join(modules, "modules.order"), "utf8");
  await writeFile(path.join(staged, "modules.order"), filterModulesOrder(order, plan.files));
  await tools.run(depmodCommand(scratch, version), {
    writable: [scratch],
    ...(signal === undefined ? {} : { signal }),
  });
  const target = `/usr/lib/modules/${version}`;
  const entry = (name: string): InitrdEntry => ({
    kind: "file",
    path: `${target}/${name}`,
    mode: 0o644,
    content: { file: path.join(staged, name) },
  });
  return [...plan.files.map(entry), ...KMOD_FILES.map(entry)];
};

/** depmod reads modules of any architecture. */
export const depmodCommand = (directory: string, version: string): Command => ({
  argv: ["depmod", "--basedir", directory, version],
  purpose: "indexing the initrd's modules",
});

const writeArchive = async (entries: readonly InitrdEntry[], output: string): Promise<number> => {
  await pipeline(Readable.from(archive(entries)), createWriteStream(output, { mode: 0o644 }));
  return (await stat(output)).size;
};

/** One file in memory at a time. */
async function* archive(entries: readonly InitrdEntry[]): AsyncGenerator<Uint8Array> {
  let length = 0;
  for (const entry of inArchiveOrder(entries)) {
    const content = await contentOf(entry);
    const { head, tail } = frame(entry, content.length);
    for (const bytes of [head, content, tail]) {
      length += bytes.length;
      if (bytes.length > 0) yield bytes;
    }
  }
  yield trailer(length);
}

const contentOf = async (entry: InitrdEntry): Promise<Uint8Array> => {
  switch (entry.kind) {
    case "directory":
      return new Uint8Array();
    case "link":
      return Buffer.from(entry.target);
    case "file":
      return entry.content instanceof Uint8Array ? entry.content : readFile(entry.content.file);
  }
};
