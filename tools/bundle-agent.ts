import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Metafile } from "esbuild";
import { ENTRY, MADE_NAMES, partNames, renameParts } from "./bundle-parts.ts";
import { bundleDescription, licencesText, type Bundled } from "./bundled-packages.ts";
import { directImports, type LoadedBefore } from "./direct-imports.ts";
import { loadOrder } from "./load-order.ts";
import { withoutFacades } from "./without-facades.ts";

// node --conditions=@slipway/source tools/bundle-agent.ts DIRECTORY
//
// Makes of the agent, and of all that it imports, a directory that needs nothing but Node.js: DIRECTORY/agent.mjs, and below
// DIRECTORY/parts what that loads at need. Beside it LICENSES, the texts that the licences of what is in it ask to go along,
// and bundle.json, what the composer holds all of it against and the SBOM says of it. Equal sources give equal bytes, wherever
// they lie.
const ROOT = join(import.meta.dirname, "..");
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: bundle-agent.ts DIRECTORY");

const MAIN = "packages/agent/src/main.ts";
/** What every process of the agent loads, in this order, before what its verb is about. */
const STAGES = [MAIN, "packages/agent/src/cli/node/node-agent.ts"];

// What came from npm and is CommonJS asks for Node's own modules by `require`, which an ES module does not have, and for no others.
const REQUIRE = `const require = (name) => {
  const found = globalThis.process.getBuiltinModule(name);
  if (found === undefined) throw new Error(\`nothing in Node is called \${name}\`);
  return found;
};
`;

/** It goes where it is asked for, which esbuild has done in one part for all. */
const withRequire = (text: string): string => (/\brequire\b/.test(text) ? REQUIRE + text : text);

/** Nothing is written to it: esbuild names files below one. */
const OUT = join(ROOT, "out");

const bundleWith = (loadedBefore: LoadedBefore) =>
  build({
    absWorkingDir: ROOT,
    entryPoints: [{ in: MAIN, out: "agent" }],
    outdir: OUT,
    outExtension: { ".js": ".mjs" },
    chunkNames: MADE_NAMES,
    write: false,
    bundle: true,
    splitting: true,
    metafile: true,
    platform: "node",
    target: "node26",
    format: "esm",
    conditions: ["@slipway/source"],
    plugins: [directImports(loadedBefore)],
    charset: "utf8",
    legalComments: "none",
    // Names stay: a stack trace from a node is to be read by people. See the decision on the agent in the image.
    minifySyntax: true,
    logLevel: "warning",
  });

// Once to see what needs what, and once with the order in which it is loaded.
const order = loadOrder(STAGES, (await bundleWith(() => [])).metafile.outputs);
const { outputFiles, metafile } = await bundleWith((file) =>
  (order.get(relative(ROOT, file)) ?? []).map((one) => join(ROOT, one)),
);
const program = renameParts(
  outputFiles.map(({ path, text }) => ({
    name: relative(OUT, path),
    text: withRequire(withoutFacades(path, text)),
  })),
  partNames(metafile.outputs),
);
if (!program.some(({ name }) => name === ENTRY)) throw new Error(`esbuild made no ${ENTRY}`);

/** The packages of npm that any file of the bundle was made of, each once, by name. */
const packagesOf = ({ inputs }: Metafile): readonly Bundled[] => {
  const places = Object.keys(inputs).flatMap((file) => {
    const place = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
    return place === undefined ? [] : [place];
  });
  return [...new Set(places)].toSorted().map((place) => readPackage(join(ROOT, place)));
};

const readPackage = (folder: string): Bundled => {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  if (typeof name !== "string" || typeof version !== "string" || typeof license !== "string")
    throw new Error(`${relative(ROOT, folder)}: package.json has no name, version or licence`);
  return { name, version, licence: license, text: licenceOf(folder) };
};

const LICENCE_FILES = ["LICENSE", "LICENSE.md", "LICENCE", "license"] as const;

const licenceOf = (folder: string): string => {
  for (const name of LICENCE_FILES) {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      // The next name.
    }
  }
  throw new Error(
    `${relative(ROOT, folder)}: no file with its licence; look for it, and name it here`,
  );
};

const { version } = JSON.parse(readFileSync(join(ROOT, "packages/agent/package.json"), "utf8")) as {
  version: string;
};
const packages = packagesOf(metafile);
const files = [
  ...program,
  { name: "LICENSES", text: licencesText(readFileSync(join(ROOT, "LICENSE"), "utf8"), packages) },
];
for (const { name, text } of [
  ...files,
  { name: "bundle.json", text: bundleDescription({ version, files, packages }) },
]) {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
}
