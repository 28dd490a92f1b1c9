/** The agent as a directory of files. It comes to the composer built, and with digests: nothing here imports it. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { hash } from "node:crypto";
import type { Exec } from "@slipway/host";
import type { StepInputs, StepRecipe } from "../cache/key.ts";
import { ComposerError } from "../errors.ts";
import {
  type BundledFile,
  LICENCES,
  type NpmPackage,
  readBundleDescription,
} from "./bundle-description.ts";
import { agentSourcesDigest, REPOSITORY } from "./own-files.ts";

export const AGENT: StepRecipe = { name: "agent", revision: 2 };

export const agentInputs = (): StepInputs => ({ sources: agentSourcesDigest() });

export interface AgentBundle {
  /** Of the agent, such as `0.1.0`. */
  readonly version: string;
  /** Of all its files together: what a root with the agent in it depends on. Hex SHA-256. */
  readonly digest: string;
  /** On this machine. */
  readonly directory: string;
  /** What a node gets of it as it is: agent.mjs and its parts, by their names below the directory. */
  readonly program: readonly string[];
  /** On this machine. */
  readonly licences: string;
  /** The packages of npm that the program holds parts of. */
  readonly packages: readonly NpmPackage[];
}

/** Makes the bundle in `directory` with this process's own Node.js, which is the one that images get. */
export const makeBundle = async (
  exec: Exec,
  directory: string,
  signal?: AbortSignal,
): Promise<void> => {
  await exec.run(
    {
      argv: [
        process.execPath,
        "--conditions=@slipway/source",
        path.join(REPOSITORY, "tools/bundle-agent.ts"),
        directory,
      ],
      purpose: "bundling the agent",
      env: { HOME: "/tmp" },
      timeoutMs: 120_000,
    },
    signal === undefined ? {} : { signal },
  );
};

const DESCRIPTION = "bundle.json";

/** Reads what `makeBundle` left, and holds each file against its digest. */
export const readBundle = async (directory: string): Promise<AgentBundle> => {
  const file = path.join(directory, DESCRIPTION);
  const { version, files, packages } = readBundleDescription(await readFile(file, "utf8"), file);
  await requireNothingElse(directory, files);
  for (const { name, sha256 } of files) {
    const bytes = await readFile(path.join(directory, name)).catch(() => undefined);
    if (bytes === undefined || hash("sha256", bytes) !== sha256)
      throw changed(`${path.join(directory, name)} is not what ${file} describes`);
  }
  return {
    version,
    digest: hash("sha256", files.map(({ name, sha256 }) => `${name} ${sha256}\n`).join("")),
    directory,
    program: files.flatMap(({ name }) => (name === LICENCES ? [] : [name])),
    licences: path.join(directory, LICENCES),
    packages,
  };
};

/** A part that nobody describes would be no part of the digest, and whoever imports by name would load it. */
const requireNothingElse = async (
  directory: string,
  files: readonly BundledFile[],
): Promise<void> => {
  const known = new Set([DESCRIPTION, ...files.map(({ name }) => name)]);
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of found) {
    const name = path.relative(directory, path.join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !known.has(name))
      throw changed(`${path.join(directory, name)} is no file of the agent`);
  }
};

const changed = (message: string): ComposerError =>
  new ComposerError("TOOL_OUTPUT", message, {
    hint: "the cache was changed by something else: remove it and build again",
  });
