/** The two programs that are compared: their places on disk, their command lines, and how to make them forget. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Exec } from "@slipway/host";
import {
  type Archives,
  mkosiFiles,
  STAND_IN_CONTROL,
  STAND_IN_NAME,
  type StandIn,
} from "./mkosi-config.ts";
import { inTools } from "./mkosi-tools.ts";
import { readDefinition, readLockedPackages } from "./subject.ts";

export interface Invocation {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The file that "config changed" changes, in either image. */
const CHANGED_FILE = "/etc/bench-compose";

const clear = async (directory: string): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
};

export interface Slipway {
  readonly definition: string;
  readonly lock: string;
  /** Where `build` leaves the release. */
  readonly release: string;
  readonly invocation: Invocation;
  /** Forgets steps and outputs. `tools`: the tools tree as well; `everything`: packages, lock and compiled code too. */
  forget(what: "builds" | "tools" | "everything"): Promise<void>;
  change(value: string): Promise<void>;
  removeOutputs(): Promise<void>;
}

/** Slipway as a user starts it, with an image that is `base` and one file more. */
export const openSlipway = async (
  repository: string,
  base: string,
  directory: string,
  environment: Invocation["env"],
): Promise<Slipway> => {
  const at = (...names: readonly string[]): string => path.join(directory, ...names);
  const definition = at("bench.yaml");
  const lock = at("bench.lock.json");
  await clear(directory);
  const change = async (value: string): Promise<void> => {
    const document = {
      variant: "slipway",
      version: "1.0.0",
      include: [base],
      storage: { files: [{ path: CHANGED_FILE, contents: { inline: `${value}\n` } }] },
    };
    await writeFile(definition, JSON.stringify(document));
  };
  await change("unchanged");
  const { name, version } = (await readDefinition(definition)).image;
  return {
    definition,
    lock,
    release: at("out", name, version, "x86_64"),
    invocation: {
      argv: [
        ...([path.join(repository, "slipway"), "build", definition] as const),
        ...["--arch", "x86_64", "--out", at("out"), "--cache", at("cache"), "--json"],
      ],
      cwd: repository,
      env: { ...environment, XDG_CACHE_HOME: at("user"), NODE_OPTIONS: undefined },
    },
    change,
    removeOutputs: () => clear(at("out")),
    forget: async (what) => {
      await clear(at("out"));
      if (what === "everything") {
        for (const name of ["cache", "user"]) await clear(at(name));
        await rm(lock, { force: true });
        return;
      }
      const kept = what === "builds" ? ["-not", "-name", "tools"] : [];
      await removeBelow(at("cache/steps"), kept.length > 0 ? ["tools"] : []);
      await clear(at("cache/last"));
    },
  };
};

const removeBelow = async (directory: string, kept: readonly string[]): Promise<void> => {
  const { readdir } = await import("node:fs/promises");
  for (const name of await readdir(directory)) {
    if (!kept.includes(name)) await rm(path.join(directory, name), { recursive: true });
  }
};
