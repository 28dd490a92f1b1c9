/** Files of this repository that are built into images, and the digest of what they say. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that package-lock.json is in. */
export const REPOSITORY: string = fileURLToPath(new URL("../../../../", import.meta.url));

/** What the agent's bundle is made of, and what makes it. Other packages' tests and outputs are no part of it. */
const BUNDLED = ["agent", "host", "receiver", "release"].flatMap((name) => [
  `packages/${name}/src`,
  `packages/${name}/package.json`,
]);
const BUNDLERS = [
  ...["bundle-agent", "bundle-parts", "bundled-packages", "direct-imports", "load-order"].map(
    (name) => `tools/${name}.ts`,
  ),
  "tools/without-facades.ts",
  "package-lock.json",
];

/** Changes with every byte that the bundle could be made of. Hex SHA-256; about 20 ms. */
export const agentSourcesDigest = (repository: string = REPOSITORY): string => {
  const hash = createHash("sha256");
  for (const name of [...BUNDLED, ...BUNDLERS]) {
    for (const file of filesBelow(repository, name)) {
      const text = readFileSync(path.join(repository, file));
      hash.update(`${file}\0${text.length}\0`).update(text);
    }
  }
  return hash.digest("hex");
};

/** The file itself, or all files below a folder, in one order on every machine. */
const filesBelow = (repository: string, name: string): readonly string[] => {
  if (path.extname(name) !== "") return [name];
  return readdirSync(path.join(repository, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repository, path.join(entry.parentPath, entry.name)))
    .sort();
};
