import { posix } from "node:path";
import type { Metafile } from "esbuild";

/** A file of the agent as it lies in its directory. */
export interface BundleFile {
  /** Below the directory: `agent.mjs`, `parts/verbs-status.mjs`. */
  readonly name: string;
  readonly text: string;
}

/** What is loaded with the program; all else is a part, loaded by those who need it. */
export const ENTRY = "agent.mjs";
const PARTS = "parts";

/** As esbuild is told to name parts: it is what another name is put in the place of, wherever it stands. */
export const MADE_NAMES: string = `${PARTS}/[name]-[hash]`;
const MADE_NAME = /[\w.-]+-[0-9A-Z]{8}\.mjs/g;

type Output = Metafile["outputs"][string];

/** `packages/agent/src/cli/verbs/status.ts` is `verbs-status`; what is of npm, or of another package, says so first. */
const nameOf = (source: string): string =>
  source
    .replace(/^.*node_modules\//, "npm/")
    .replace(/^packages\/(?:agent\/src\/(?:cli\/)?)?/, "")
    .replace(/\/src\//, "/")
    .replace(/\.[a-z]+$/, "")
    .replaceAll(/[^a-z0-9]+/gi, "-")
    .replaceAll(/^-|-$/g, "")
    .toLowerCase();

/**
 * A part's name for good. esbuild's has a hash of what is in it, so that one changed line would give other names to all parts that import it, and other bytes
 * to those. A part that something imports at need is named for that file; what several share, for the first of its files: no file is in two. The one that has
 * none of anybody's files holds what esbuild adds for all.
 */
const partName = ({ entryPoint, inputs }: Output): string => {
  if (entryPoint !== undefined) return `${nameOf(entryPoint)}.mjs`;
  const [first] = Object.entries(inputs)
    .flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []))
    .toSorted();
  return first === undefined ? "runtime.mjs" : `with-${nameOf(first)}.mjs`;
};

/** esbuild's names of the parts, and ours. */
export const partNames = (outputs: Metafile["outputs"]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const [made, output] of Object.entries(outputs)) {
    if (posix.basename(made) === ENTRY) continue;
    const name = partName(output);
    if (new Set(names.values()).has(name)) throw new Error(`two parts of the agent are ${name}`);
    names.set(posix.basename(made), name);
  }
  return names;
};

/** The files under their own names, each naming the others by theirs; by name. */
export const renameParts = (
  files: readonly BundleFile[],
  names: ReadonlyMap<string, string>,
): readonly BundleFile[] => {
  const renamed = (text: string): string =>
    text.replaceAll(MADE_NAME, (made) => names.get(made) ?? made);
  return files
    .map(({ name, text }) => ({ name: renamed(name), text: renamed(text) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
};
