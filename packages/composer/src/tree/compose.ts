/** Composing a tree of packages from the lock. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { HostError } from "@slipway/host";
import type { StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import { linkDebs } from "../lock/debs.ts";
import type { Task } from "../progress.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { treeCommand, type TreeRequest } from "./mmdebstrap.ts";

export interface Composed {
  /** Files of the tools tree that maintainer scripts wrote by mistake, absolute, sorted. */
  readonly escaped: readonly string[];
}

/** Composes the tree in `tree`, which must not exist yet. `work` is an empty directory beside it. */
export const composeTree = async (
  toolbox: Toolbox,
  store: StepStore,
  request: Omit<TreeRequest, "repository" | "etc"> & {
    /** Files for the empty root's `/etc`, by name. */
    readonly etc: Readonly<Record<string, string>>;
  },
  tree: string,
  work: string,
  task: Task,
  signal: AbortSignal | undefined,
): Promise<Composed> => {
  const repository = path.join(work, "repository");
  await linkDebs(store, request.packages, repository);
  const abort = signal === undefined ? {} : { signal };
  const index = await toolbox.run(
    {
      argv: ["apt-ftparchive", ...INDEX_OPTIONS, "packages", "."],
      purpose: "indexing the packages",
      cwd: repository,
    },
    { readable: [repository], ...abort },
  );
  await writeFile(path.join(repository, "Packages"), index.stdout);

  let etc: string | undefined;
  if (Object.keys(request.etc).length > 0) {
    etc = path.join(work, "etc");
    await mkdir(etc);
    for (const [name, text] of Object.entries(request.etc))
      await writeFile(path.join(etc, name), text);
  }

  await mkdir(tree);
  const scratch = path.join(work, "escaped");
  await mkdir(scratch);
  const said: string[] = [];
  const listen = (line: string): void => {
    task.note(line);
    said.push(line);
    if (said.length > 2 * KEPT_LINES) said.splice(0, KEPT_LINES);
  };
  await toolbox
    .run(treeCommand({ ...request, repository, etc }, tree), {
      scratch,
      writable: [work, tree],
      onStderrLine: listen,
      onStdoutLine: listen,
      ...abort,
    })
    .catch((error: unknown) => {
      const failure = scriptFailure(said);
      if (
        failure === undefined ||
        !(error instanceof HostError) ||
        error.code !== "COMMAND_FAILED"
      ) {
        throw error;
      }
      throw new ComposerError(
        "PACKAGE_SCRIPT_FAILED",
        `${failure.packages.join(", ")} cannot be configured while ${request.purpose}:\n${failure.words.join("\n")}`,
        {
          cause: error,
          hint: "its maintainer scripts may not support DPKG_ROOT: run the program in a container instead, or ask for a fix-up (packages/composer/src/tree/fix-ups.ts)",
        },
      );
    });
  return { escaped: await filesBelow(path.join(scratch, "upper")) };
};

/** More than dpkg says between the first failure and the end. */
const KEPT_LINES = 2000;

/** The packages that dpkg could not configure, and its words on the first of them. Undefined if it named none. Pure. */
export const scriptFailure = (
  said: readonly string[],
): { readonly packages: readonly string[]; readonly words: readonly string[] } | undefined => {
  const failed = said.map((line) => /^dpkg: error processing package (\S+) /.exec(line)?.[1]);
  const first = failed.findIndex((name) => name !== undefined);
  if (first < 0) return undefined;
  const names = failed.flatMap((name) => (name === undefined ? [] : [name.replace(/:.*/, "")]));
  return {
    packages: [...new Set(names)],
    words: said.slice(Math.max(0, first - 4), first + 2).map((line) => `  ${line.trim()}`),
  };
};

const INDEX_OPTIONS = ["MD5", "SHA1", "SHA512"].flatMap((name) => [
  "-o",
  `APT::FTPArchive::${name}=false`,
]);

/** Whatever is no directory below a directory, as paths from it with a leading slash. */
const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `/${path.relative(directory, path.join(entry.parentPath, entry.name))}`)
    .toSorted();
};
