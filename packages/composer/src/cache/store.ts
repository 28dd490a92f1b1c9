/**
 * Results of steps on disk, found by key.
 *
 * `steps/NAME/KEY/` is complete or absent: a result is made in `tmp/` on the same file system and renamed into
 * place in one call, so that an interrupt, a kill or a full disk can leave rubbish in `tmp/` (removed by a later
 * start, once its maker is gone) but never half a result. Two builds that make the same result at once both
 * succeed: the second finds the name taken and throws its own copy away.
 */
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import { changedInputs, type StepInputs, stepKey, type StepRecipe } from "./key.ts";

export interface StepResult {
  /** The result's directory: never to be written to. */
  readonly directory: string;
  readonly key: string;
  readonly hit: boolean;
  /** On a miss, the inputs that changed since the last run of this step in the same scope; see `run`. */
  readonly changed?: readonly string[];
}

export interface StepStore {
  readonly root: string;
  /** The directory of .debs, which several stores may share. */
  readonly packages: string;
  /** The directory of fetched sources, shared likewise. */
  readonly sources: string;
  /**
   * The result for these inputs, made by `make` in an empty directory if there is none. `scope` names what the
   * step was last run for (image and architecture), so that a miss can tell what changed.
   */
  run(
    recipe: StepRecipe,
    scope: string,
    inputs: StepInputs,
    make: (directory: string) => Promise<void>,
  ): Promise<StepResult>;
  /** Whether `run` would find the result, and if not, which inputs changed. Writes nothing. */
  peek(
    recipe: StepRecipe,
    scope: string,
    inputs: StepInputs,
  ): Promise<Omit<StepResult, "directory">>;
  /** Makes the result known under further inputs, of which the caller knows that they lead to the same bytes. */
  alias(recipe: StepRecipe, key: string, inputs: StepInputs): Promise<void>;
  /** Removes all but the results of this step used last, and none that another build may be using. */
  prune(recipe: StepRecipe, keep: number): Promise<void>;
  /** A private directory under `tmp/`, removed with everything in it when disposed. */
  scratch(purpose: string): Promise<Scratch>;
}

export interface Scratch extends AsyncDisposable {
  readonly directory: string;
}

/** What was asked for this recently may be in the hands of another build; none takes as long. */
const IN_USE_MS = 2 * 60 * 60 * 1000;

const exists = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Another build prunes the same results at the same time: what it has removed is no failure of ours. */
const unlessGone = (cause: unknown): undefined => {
  if (errnoOf(cause) !== "ENOENT") throw cause;
};

/** Removes what killed builds left behind: directories in `tmp/` whose maker, named in them, runs no more. */
const sweep = async (tmp: string): Promise<void> => {
  for (const name of await readdir(tmp)) {
    const pid = Number(/-(\d+)-[A-Za-z0-9]{6}$/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isAlive(pid)) {
      await rm(path.join(tmp, name), { recursive: true, force: true });
    }
  }
};

const decodeInputs = (text: string): StepInputs => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
};

/** Where the store under `root` keeps .debs. */
export const packagesBelow = (root: string): string => path.join(root, "debs");

/** What is the same whoever fetched it, and so is shared by stores that share nothing else. */
export interface SharedFiles {
  readonly packages: string;
  readonly sources: string;
}

const sharedBelow = (root: string): SharedFiles => ({
  packages: packagesBelow(root),
  sources: path.join(root, "sources"),
});

const lastFileBelow =
  (root: string) =>
  (recipe: StepRecipe, scope: string): string =>
    path.join(root, "last", `${recipe.name}@${scope}.json`);

const lastInputs = (file: string): Promise<StepInputs | undefined> =>
  readFile(file, "utf8").then(decodeInputs, () => undefined);

/** `StepStore.peek` of the store under `root`, without opening or making the store. */
export const peekBelow =
  (root: string): StepStore["peek"] =>
  async (recipe, scope, inputs) => {
    const key = stepKey(recipe, inputs);
    const found = path.join(root, "steps", recipe.name, key);
    // An alias leads to the result that later steps were made from: its key is theirs.
    if (await exists(found)) return { key: path.basename(await realpath(found)), hit: true };
    const before = await lastInputs(lastFileBelow(root)(recipe, scope));
    return before === undefined
      ? { key, hit: false }
      : {
          key,
          hit: false,
          changed: changedInputs(before, { ...inputs, recipe: `${recipe.revision}` }),
        };
  };

/** Opens, and makes where needed, the store under `root`. */
export const openStore = async (
  root: string,
  { packages, sources }: SharedFiles = sharedBelow(root),
): Promise<StepStore> => {
  const tmp = path.join(root, "tmp");
  await mkdir(tmp, { recursive: true });
  await mkdir(path.join(root, "last"), { recursive: true });
  await mkdir(path.join(root, "used"), { recursive: true });
  await sweep(tmp);

  const temporary = (purpose: string): Promise<string> =>
    mkdtemp(path.join(tmp, `${purpose}-${process.pid}-`));

  /** Gives `file` its new contents in one step; what a kill leaves of it lies in `tmp/`. */
  const replace = async (file: string, write: (made: string) => Promise<void>): Promise<void> => {
    const directory = await temporary("replace");
    try {
      const made = path.join(directory, "made");
      await write(made);
      await rename(made, file);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };

  const peek = peekBelow(root);
  const lastFile = lastFileBelow(root);
  const usedFile = (recipe: StepRecipe, key: string): string =>
    path.join(root, "used", `${recipe.name}-${key}`);

  return {
    root,
    packages,
    sources,
    peek,
    run: async (recipe, scope, inputs, make) => {
      const found = await peek(recipe, scope, inputs);
      const parent = path.join(root, "steps", recipe.name);
      const directory = path.join(parent, found.key);
      // The file's own time says when; the result itself is never touched. Said before it is looked for again: a build
      // that prunes may have taken it meanwhile, and takes it no more from now on.
      await writeFile(usedFile(recipe, found.key), "");
      const hit = found.hit && (await exists(directory));
      if (!hit) {
        await mkdir(parent, { recursive: true });
        const making = await temporary(recipe.name);
        try {
          await make(making);
          await rename(making, directory).catch(async (cause: unknown) => {
            if (!(await exists(directory))) throw cause;
          });
        } finally {
          await rm(making, { recursive: true, force: true });
        }
      }
      // Of a step that took hours, it was the beginning that was noted.
      if (!hit) await writeFile(usedFile(recipe, found.key), "");
      await replace(lastFile(recipe, scope), (made) =>
        writeFile(made, JSON.stringify({ ...inputs, recipe: `${recipe.revision}` })),
      );
      return { directory, ...found, hit };
    },
    alias: async (recipe, key, inputs) => {
      const other = stepKey(recipe, inputs);
      const link = path.join(root, "steps", recipe.name, other);
      if (other === key || (await exists(link))) return;
      await replace(link, (made) => symlink(key, made));
    },
    prune: async (recipe, keep) => {
      const parent = path.join(root, "steps", recipe.name);
      const names = await readdir(parent).catch(() => []);
      const used = await Promise.all(
        names.map(async (name) => {
          const file = path.join(parent, name);
          const facts = await lstat(file).catch(unlessGone);
          if (facts === undefined) return { file, at: Infinity };
          // An alias lives as long as its target.
          if (facts.isSymbolicLink()) return { file, at: (await exists(file)) ? Infinity : 0 };
          const used = await stat(usedFile(recipe, name)).catch(() => facts);
          return { file, at: used.mtimeMs };
        }),
      );
      const rest = used.filter((entry) => entry.at !== Infinity).toSorted((a, b) => b.at - a.at);
      const newest = rest[0]?.at ?? 0;
      for (const { file, at } of rest.slice(keep)) {
        if (at > newest - IN_USE_MS) continue;
        // Out of the way in one step, so that a kill while removing leaves no half result under its key.
        const doomed = await temporary("prune");
        await rename(file, path.join(doomed, "result")).catch(unlessGone);
        await rm(doomed, { recursive: true, force: true });
        await rm(usedFile(recipe, path.basename(file)), { force: true });
      }
    },
    scratch: async (purpose) => {
      const directory = await temporary(purpose);
      return {
        directory,
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
      };
    },
  };
};
