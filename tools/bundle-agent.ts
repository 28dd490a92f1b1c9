import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { bundleDescription, licencesText, type Bundled } from "./bundled-packages.ts";

// node --conditions=@slipway/source tools/bundle-agent.ts DIRECTORY [ENTRY]
//
// Makes of the agent, and of all that it imports, one file that needs nothing but Node.js: DIRECTORY/agent.mjs. Beside it
// LICENSES, the texts that the licences of what is in it ask to go along, and bundle.json, what the SBOM says of it. Equal
// sources give equal bytes, wherever they lie.
const ROOT = join(import.meta.dirname, "..");
const [directory, entry = "packages/agent/src/main.ts"] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: bundle-agent.ts DIRECTORY [ENTRY]");

// What came from npm and is CommonJS asks for Node's own modules by `require`, which an ES module does not have.
const REQUIRE = `import { createRequire as slipwayRequire } from "node:module";
const require = slipwayRequire(import.meta.url);`;

/**
 * Node's http as `require` gives it. An `import` of it makes Node look at every name that it exports, and one of them loads all of undici: a sixth of
 * what a short-lived process of the agent takes of the processor, and 3 MB.
 */
const WITHOUT_UNDICI: Plugin = {
  name: "http without undici",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^(?:node:)?http$/ }, () => ({
      path: "node:http",
      namespace: "of-node",
    }));
    bundler.onLoad({ filter: /^/, namespace: "of-node" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: [entry],
  outfile: "agent.mjs",
  write: false,
  bundle: true,
  metafile: true,
  platform: "node",
  target: "node26",
  format: "esm",
  conditions: ["@slipway/source"],
  banner: { js: REQUIRE },
  plugins: [WITHOUT_UNDICI],
  charset: "utf8",
  legalComments: "none",
  // Names stay: a stack trace from a node is to be read by people. See the decision on the agent in the image.
  minifySyntax: true,
  logLevel: "warning",
});
const [bundle] = outputFiles;
if (bundle === undefined) throw new Error("esbuild made no file");

/** The packages of npm that the bundle holds anything of, each once, by name. */
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
mkdirSync(directory, { recursive: true });
const write = (name: string, contents: string | Uint8Array): void =>
  writeFileSync(join(directory, name), contents);
write("agent.mjs", bundle.contents);
write("LICENSES", licencesText(readFileSync(join(ROOT, "LICENSE"), "utf8"), packages));
write("bundle.json", bundleDescription({ version, bytes: bundle.contents, packages }));
