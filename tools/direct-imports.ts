import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plugin, PluginBuild } from "esbuild";
import { parseSync } from "oxc-parser";

/** What an entry point passes on: by its name there, the file that it is from and its name in that. */
type PassedOn = ReadonlyMap<string, { readonly file: string; readonly name: string }>;

const readEntryPoint = async (file: string): Promise<PassedOn> => {
  const { module } = parseSync(file, await readFile(file, "utf8"));
  return new Map(
    module.staticExports
      .flatMap(({ entries }) => entries)
      .flatMap(({ moduleRequest, importName, exportName, isType }) =>
        isType || moduleRequest === null || importName.name === null || exportName.name === null
          ? []
          : [
              [
                exportName.name,
                { file: join(dirname(file), moduleRequest.value), name: importName.name },
              ] as const,
            ],
      ),
  );
};

type EntryPoints = (specifier: string, from: string) => Promise<PassedOn>;

/** A file's text with other lines in the place of those that import from entry points. What it imports for its types alone is gone. */
const withDirectImports = async (file: string, entryPoints: EntryPoints): Promise<string> => {
  const source = await readFile(file, "utf8");
  const { module } = parseSync(file, source);
  let text = "";
  let read = 0;
  for (const { start, end, moduleRequest, entries } of module.staticImports) {
    if (!OURS.test(moduleRequest.value)) continue;
    const passedOn = await entryPoints(moduleRequest.value, dirname(file));
    const lines = entries
      .filter(({ isType }) => !isType)
      .map(({ importName, localName }) => {
        const from = passedOn.get(importName.name ?? "*");
        if (from === undefined)
          throw new Error(
            `${file}: ${moduleRequest.value} passes on no ${importName.name ?? "namespace"}`,
          );
        return `import { ${from.name} as ${localName.value} } from ${JSON.stringify(from.file)};`;
      });
    text += source.slice(read, start) + lines.join(" ");
    read = end;
  }
  return text + source.slice(read);
};

const OURS = /^@slipway\//;

const entryPointsOf = (bundler: PluginBuild): EntryPoints => {
  const known = new Map<string, Promise<PassedOn>>();
  const look = async (specifier: string, from: string): Promise<PassedOn> => {
    const { path, errors } = await bundler.resolve(specifier, {
      kind: "import-statement",
      resolveDir: from,
    });
    const [problem] = errors;
    if (problem !== undefined) throw new Error(problem.text);
    return readEntryPoint(path);
  };
  return (specifier, from) => {
    const found = known.get(specifier) ?? look(specifier, from);
    known.set(specifier, found);
    return found;
  };
};

/** What is loaded by the time that a file is: that costs it nothing to import. */
export type LoadedBefore = (file: string) => readonly string[];

/**
 * Imports of our own packages go to the files that have what is imported, past the entry points that pass it on. To esbuild a file needs all that it can reach,
 * so that whoever imports one function of `@slipway/release` would load what anybody uses of it.
 */
export const directImports = (loadedBefore: LoadedBefore): Plugin => ({
  name: "imports from where things are",
  setup: (bundler) => {
    const entryPoints = entryPointsOf(bundler);
    bundler.onLoad({ filter: /\/packages\/[a-z-]+\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: [
        await withDirectImports(path, entryPoints),
        ...loadedBefore(path).map((file) => `import ${JSON.stringify(file)};`),
      ].join("\n"),
      loader: "ts",
    }));
  },
});
