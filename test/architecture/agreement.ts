import { externalName } from "./walls.ts";
import type { Tree } from "./walls.ts";

/** The `references` of every tsconfig, as folders relative to the repository, keyed by the folder of the tsconfig. */
export type References = ReadonlyMap<string, readonly string[]>;

/** Where package.json and tsconfig.json tell another story than the imports. */
export const disagreements = (tree: Tree, references: References): readonly string[] => {
  const found: string[] = [];
  for (const [name, { dependencies }] of tree.packages) {
    const home = `packages/${name}`;
    const imported = importedUnder(tree, `${home}/src/`);
    for (const dependency of dependencies) {
      if (!imported.has(dependency)) {
        found.push(
          `${home}/package.json: declares ${dependency}, which src does not import; remove it`,
        );
      }
    }
    const wanted = [...imported].filter(isOurs).map(folderOf);
    const given = references.get(home) ?? [];
    for (const folder of wanted.filter((one) => !given.includes(one))) {
      found.push(`${home}/tsconfig.json: src imports ${folder}; add it to the references`);
    }
    for (const folder of given.filter((one) => !wanted.includes(one))) {
      found.push(
        `${home}/tsconfig.json: references ${folder}, which src does not import; remove it`,
      );
    }
    const inTests = [...importedUnder(tree, `${home}/test/`)].filter(isOurs).map(folderOf);
    const givenToTests = references.get(`${home}/test`) ?? [];
    for (const folder of [home, ...inTests].filter((one) => !givenToTests.includes(one))) {
      found.push(`${home}/test/tsconfig.json: the tests use ${folder}; add it to the references`);
    }
    for (const project of [home, `${home}/test`]) {
      if (references.get(".")?.includes(project) !== true) {
        found.push(`tsconfig.json: leaves out ${project}; add it to the references`);
      }
    }
  }
  return found;
};

/** The packages, ours and foreign, that the files under a folder import. */
const importedUnder = (tree: Tree, folder: string): ReadonlySet<string> =>
  new Set(
    [...tree.files]
      .filter(([path]) => path.startsWith(folder))
      .flatMap(([, { imports }]) => imports.map(({ specifier }) => specifier))
      .filter((specifier) => !/^(\.|node:)/.test(specifier))
      .map(externalName),
  );

const isOurs = (name: string): boolean => name.startsWith("@slipway/");
const folderOf = (name: string): string => name.replace("@slipway/", "packages/");
