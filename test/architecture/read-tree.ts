import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import type { References } from "./agreement.ts";
import { readSource } from "./imports.ts";
import type { Manifest, Tree } from "./walls.ts";

/** Reads the repository that the tests run in. */
export const readTree = (root: string): Tree => {
  const paths = globSync("{packages/*/{src,test},test,bench,tools,images}/**/*.ts", { cwd: root });
  return {
    files: new Map(
      paths
        .toSorted()
        .map((path) => [path, readSource(path, readFileSync(`${root}/${path}`, "utf8"))]),
    ),
    packages: new Map(packageNames(root).map((name) => [name, readManifest(root, name)])),
    rootDevDependencies: keysOf(readJson(`${root}/package.json`)["devDependencies"]),
  };
};

export const packageNames = (root: string): readonly string[] =>
  readdirSync(`${root}/packages`).filter((name) =>
    existsSync(`${root}/packages/${name}/package.json`),
  );

export const readReferences = (root: string): References => {
  const configs = globSync("{.,packages/*,packages/*/test,test,bench,tools}/tsconfig.json", {
    cwd: root,
  });
  return new Map(
    configs.map((config) => {
      const folder = posix.dirname(config);
      const { references = [] } = readJson(`${root}/${config}`);
      return [
        folder,
        (references as { path: string }[]).map(({ path }) => posix.join(folder, path)),
      ];
    }),
  );
};

const readManifest = (root: string, name: string): Manifest => {
  const manifest = readJson(`${root}/packages/${name}/package.json`);
  return {
    dependencies: keysOf(manifest["dependencies"]),
    devDependencies: keysOf(manifest["devDependencies"]),
    entryPoints: keysOf(manifest["exports"]),
  };
};

export const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;

const keysOf = (value: unknown): readonly string[] => Object.keys(value ?? {});
