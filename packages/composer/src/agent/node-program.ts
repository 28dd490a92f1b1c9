/** Node.js for the agent: fetched by npm, held against package-lock.json, without the symbols that only a debugger reads. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, chmod, copyFile, mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type Command, HostError } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import type { BuildContext } from "../build/context.ts";
import type { StepInputs, StepRecipe } from "../cache/key.ts";
import { ComposerError } from "../errors.ts";
import type { Environment } from "../lock/http-get.ts";
import type { Progress } from "../progress.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { type NodePackage, nodePackage } from "./node-package.ts";
import { REPOSITORY } from "./own-files.ts";

export const NODE: StepRecipe = { name: "node", revision: 1 };

export const nodeInputs = (toolbox: Toolbox, architecture: Architecture): StepInputs => {
  const { name, version, sha512 } = nodePackage(architecture);
  return { package: `${name} ${version}`, sha512, tools: toolbox.digest };
};

type Work = Pick<BuildContext, "exec" | "toolbox" | "store" | "environment" | "progress">;

/** Leaves `node` and `LICENSE` in `directory`. */
export const makeNodeProgram = async (
  context: Work,
  architecture: Architecture,
  directory: string,
): Promise<void> => {
  const { toolbox, store, progress } = context;
  const wanted = nodePackage(architecture);
  await using work = await store.scratch("node");
  const from =
    (await installedPackage(wanted)) ?? (await fetchedPackage(context, wanted, work.directory));
  const unstripped = path.join(work.directory, "unstripped");
  await copyFile(path.join(from, "bin/node"), unstripped);
  await copyFile(path.join(from, "LICENSE"), path.join(directory, "LICENSE"));
  const program = path.join(directory, "node");
  await toolbox.run(
    { argv: stripCommand(unstripped, program), purpose: `stripping Node.js for ${architecture}` },
    { writable: [work.directory, directory], ...aborting(progress) },
  );
  await chmod(program, 0o755);
};

/** elfutils' strip, since one program of it knows every architecture; binutils needs one for each. */
export const stripCommand = (from: string, to: string): [string, ...string[]] => [
  "eu-strip",
  "-o",
  to,
  from,
];

/** The folder of the package where npm has installed it for this machine: it was held against the lockfile then. */
const installedPackage = async ({ name, version }: NodePackage): Promise<string | undefined> => {
  const folder = path.join(REPOSITORY, "node_modules", name);
  try {
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    await access(path.join(folder, "bin/node"));
    const is = typeof manifest === "object" && manifest !== null && "version" in manifest;
    return is && manifest.version === version ? folder : undefined;
  } catch {
    return undefined;
  }
};

/** Unpacks a package that npm does not install on this machine: what an earlier build fetched, or npm fetches now. */
const fetchedPackage = async (
  context: Work,
  wanted: NodePackage,
  directory: string,
): Promise<string> => {
  const { toolbox, store, progress } = context;
  const kept = path.join(store.sources, `${wanted.name}-${wanted.version}.tgz`);
  if (!(await isWanted(kept, wanted))) await fetchPackage(context, wanted, directory, kept);
  await toolbox.run(
    {
      argv: [
        ...(["tar", "-C", directory, "-xzf", kept, "--no-same-owner"] as const),
        ...["package/bin/node", "package/LICENSE"],
      ],
      purpose: "unpacking Node.js",
    },
    { writable: [directory], readable: [kept], ...aborting(progress) },
  );
  return path.join(directory, "package");
};

/** A cache is a directory that others can write to as well: the digest is that of the lockfile, or it is not there. */
const isWanted = async (file: string, { sha512 }: NodePackage): Promise<boolean> => {
  const found = createHash("sha512");
  return pipeline(createReadStream(file), found).then(
    () => found.digest("base64") === sha512,
    () => false,
  );
};

/** Asks the user's npm, with the user's settings. What comes is kept as `kept`, for builds without a cache too. */
const fetchPackage = async (
  { exec, environment, progress }: Work,
  wanted: NodePackage,
  directory: string,
  kept: string,
): Promise<void> => {
  const { name, version } = wanted;
  const packed = path.join(directory, "packed");
  await mkdir(packed);
  await exec
    .run({ ...packCommand(wanted, packed), env: npmEnvironment(environment) }, aborting(progress))
    .catch((error: unknown) => {
      throw unavailable(wanted, error);
    });
  const archive = path.join(packed, `${name}-${version}.tgz`);
  if (!(await isWanted(archive, wanted))) {
    throw new ComposerError(
      "AGENT_UNAVAILABLE",
      `npm fetched a ${name} ${version} that is not the one of package-lock.json`,
      {
        hint: "check the registry that npm is set to; clear npm's cache with npm cache clean --force",
      },
    );
  }
  await mkdir(path.dirname(kept), { recursive: true });
  // Under its name in one step, and from beside it: the directory may be on another file system.
  const part = `${kept}.${process.pid}.part`;
  await copyFile(archive, part);
  await rename(part, kept);
};

const aborting = ({ signal }: Progress): { readonly signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

/** From our own folder, where npm has the settings that it installed everything else by. */
export const packCommand = ({ name, version }: NodePackage, directory: string): Command => ({
  argv: [
    "npm",
    "pack",
    `${name}@${version}`,
    `--pack-destination=${directory}`,
    ...[
      "--ignore-scripts",
      "--prefer-offline",
      "--fetch-retry-maxtimeout=10000",
      "--loglevel=error",
    ],
  ],
  purpose: `fetching Node.js ${version} (${name})`,
  cwd: REPOSITORY,
  timeoutMs: 10 * 60_000,
});

const INHERITED =
  /^(?:PATH|HOME|XDG_[A-Z_]+|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|npm_config_.*|(?:https?|no|all)_proxy)$/i;

/** What npm is set by: everything else of the user's environment stays out, as for all programs of a build. */
export const npmEnvironment = (environment: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.test(entry[0]),
    ),
  );

const unavailable = ({ name, version }: NodePackage, cause: unknown): unknown => {
  if (!(cause instanceof HostError) || cause.code === "ABORTED") return cause;
  const missing = cause.code === "COMMAND_MISSING";
  return new ComposerError(
    "AGENT_UNAVAILABLE",
    `Node.js for the image (${name} ${version}) could not be fetched: ${
      missing ? "there is no npm on this machine" : cause.message
    }${cause.output === undefined ? "" : `\n${cause.output.trim().split("\n").slice(-6).join("\n")}`}`,
    {
      cause,
      hint: missing
        ? "install npm, and build again"
        : "check the network, the proxy and npm's configuration, and build again: it is kept in the cache then",
    },
  );
};
