import type { Metafile } from "esbuild";

type Outputs = Metafile["outputs"];

/** All files of which something is loaded with this one, by the bundle that has them in parts. */
const loadedWith = (file: string, outputs: Outputs): ReadonlySet<string> => {
  const start = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === file);
  if (start === undefined) throw new Error(`nothing imports ${file} at need`);
  const parts = new Set([start]);
  for (const part of parts)
    for (const { path, kind } of outputs[part]?.imports ?? [])
      if (kind === "import-statement" && path in outputs) parts.add(path);
  const files = [...parts].flatMap((part) => Object.entries(outputs[part]?.inputs ?? {}));
  return new Set(files.flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : [])));
};

/**
 * What is loaded by the time that a file is, for each file that something imports at need. esbuild makes a part of what the same of these files need, and knows
 * nothing of their order; a process loads `stages` in theirs, and any other of them later. A file that imports what is there already costs nothing, and one part
 * holds what else would be in forty: each takes as long to load as 4 kB of code, and as 10 kB where a processor is emulated.
 */
export const loadOrder = (
  stages: readonly string[],
  outputs: Outputs,
): ReadonlyMap<string, readonly string[]> => {
  const loaded = stages.map((stage) => loadedWith(stage, outputs));
  const atNeed = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return new Map(
    atNeed.map((file) => {
      // What a stage itself needs is loaded with it, not before.
      const own = loaded.findIndex((files) => files.has(file));
      const before = own < 0 ? loaded : loaded.slice(0, own);
      const files = new Set(before.flatMap((stage) => [...stage]));
      // Nothing imports what is a stage itself: it would be its own beginning.
      return [file, [...files].filter((one) => !stages.includes(one)).toSorted()];
    }),
  );
};
