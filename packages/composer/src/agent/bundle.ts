/** The agent as one file. It comes to the composer as a built file with a digest: nothing here imports it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { hash } from "node:crypto";
import type { Exec } from "@slipway/host";
import type { StepInputs, StepRecipe } from "../cache/key.ts";
import { ComposerError } from "../errors.ts";
import { type NpmPackage, readBundleDescription } from "./bundle-description.ts";
import { agentSourcesDigest, REPOSITORY } from "./own-files.ts";

export const AGENT: StepRecipe = { name: "agent", revision: 1 };

export const agentInputs = (): StepInputs => ({ sources: agentSourcesDigest() });

export interface AgentBundle {
  /** Of the agent, such as `0.1.0`. */
  readonly version: string;
  /** Of agent.mjs and LICENSES together: what a root with the agent in it depends on. Hex SHA-256. */
  readonly digest: string;
  /** On this machine. */
  readonly program: string;
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
      purpose: "making one file of the agent",
      env: { HOME: "/tmp" },
      timeoutMs: 120_000,
    },
    signal === undefined ? {} : { signal },
  );
};

/** Reads what `makeBundle` left, and holds the program against its digest. */
export const readBundle = async (directory: string): Promise<AgentBundle> => {
  const program = path.join(directory, "agent.mjs");
  const licences = path.join(directory, "LICENSES");
  const file = path.join(directory, "bundle.json");
  const { version, sha256, packages } = readBundleDescription(await readFile(file, "utf8"), file);
  if (hash("sha256", await readFile(program)) !== sha256) {
    throw new ComposerError("TOOL_OUTPUT", `${program} is not what ${file} describes`, {
      hint: "the cache was changed by something else: remove it and build again",
    });
  }
  const digest = hash("sha256", `${sha256} ${hash("sha256", await readFile(licences))}`);
  return { version, digest, program, licences, packages };
};
