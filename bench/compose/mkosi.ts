/** mkosi, with the same image. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Exec } from "@slipway/host";
import type { ImageDefinition } from "@slipway/ignition-config";
import { CHANGED_FILE, clear, type Invocation } from "./contestant.ts";
import { type Archives, ensureTree, inTree } from "../measure/debian-tree.ts";
import { mkosiFiles, STAND_IN_CONTROL } from "./mkosi-config.ts";
import { MKOSI_PACKAGES } from "./mkosi-tools.ts";
import type { PinnedPackage } from "./subject.ts";

export interface Mkosi {
  readonly outputs: string;
  /** Of mkosi itself. */
  readonly version: string;
  /**
   * `fetching`: fills the package cache and the incremental one. `cold`: uses packages already fetched, nothing else.
   * `incremental`: uses mkosi's copies of the installed trees as well. `plain`: without `--force`.
   */
  readonly invocation: (how: "fetching" | "cold" | "incremental" | "plain") => Invocation;
  readonly removeOutputs: () => Promise<void>;
  readonly changeConfig: (value: string) => Promise<void>;
  /** Runs a program of mkosi's tree on the outputs. */
  readonly inspect: (command: readonly [string, ...string[]]) => Promise<string>;
}

const HOW = {
  fetching: ["--incremental=yes", "--force"],
  cold: ["--incremental=no", "--cache-only=always"],
  incremental: ["--incremental=yes", "--cache-only=always", "--force"],
  plain: ["--incremental=yes", "--cache-only=always"],
} as const;

export const openMkosi = async (
  exec: Exec,
  directory: string,
  subject: {
    readonly definition: ImageDefinition;
    readonly packages: readonly PinnedPackage[];
    readonly archives: Archives;
    readonly aptSettings: readonly string[];
  },
): Promise<Mkosi> => {
  const work = path.join(directory, "work");
  const at = (name: string): string => path.join(work, name);
  const [config, outputs, workspace] = [at("config"), at("out"), at("workspace")];
  const [packageCache, incremental] = [at("packages"), at("incremental")];
  const tree = await ensureTree(exec, directory, { ...subject, packages: MKOSI_PACKAGES });
  for (const name of [packageCache, incremental]) await mkdir(name, { recursive: true });
  // A killed build leaves its workspace behind.
  for (const name of [config, outputs, workspace]) await clear(name);

  const standIn = { bytes: await makeStandIn(exec, workspace) };
  const files = mkosiFiles({ ...subject, standIn, outputs, packageCache, workspace });
  for (const [name, contents] of files) {
    const file = path.join(config, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  const inspect: Mkosi["inspect"] = async (command) => {
    const result = await exec.run({
      argv: inTree(tree, work, command),
      purpose: "using mkosi's tools",
    });
    return result.stdout;
  };
  return {
    outputs,
    version: (await inspect(["mkosi", "--version"])).trim().replace(/^mkosi /, ""),
    inspect,
    invocation: (how) => ({
      argv: inTree(tree, work, [
        ...(["mkosi", "--directory", config] as const),
        // A build without the incremental cache removes one that it is told of.
        ...(how === "cold" ? [] : ["--cache-directory", incremental]),
        ...HOW[how],
        "build",
      ]),
      cwd: "/",
      env: {},
    }),
    removeOutputs: () => clear(outputs),
    changeConfig: (value) =>
      writeFile(path.join(config, "mkosi.extra", CHANGED_FILE), `${value}\n`),
  };
};

const makeStandIn = async (exec: Exec, workspace: string): Promise<Uint8Array> => {
  const root = path.join(workspace, "stand-in");
  await mkdir(path.join(root, "DEBIAN"), { recursive: true });
  await writeFile(path.join(root, "DEBIAN/control"), STAND_IN_CONTROL);
  await exec.run({
    argv: ["dpkg-deb", "--root-owner-group", "--build", root, `${root}.deb`],
    purpose: "making the stand-in for initramfs-tools",
    env: { SOURCE_DATE_EPOCH: "0" },
  });
  const bytes = await readFile(`${root}.deb`);
  await rm(root, { recursive: true });
  await rm(`${root}.deb`);
  return bytes;
};
