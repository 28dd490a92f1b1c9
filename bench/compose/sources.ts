/** Whether it was one and the same slipway from the first run to the last: a change of its sources makes it build anew. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** Identity of what `./slipway build` runs, but for the installed libraries. */
export const sourcesDigest = (repository: string): string => {
  const digest = createHash("sha256");
  for (const name of globSync(["slipway", "packages/*/src/**/*.ts"], {
    cwd: repository,
  }).toSorted()) {
    digest.update(`${name}\0`).update(readFileSync(path.join(repository, name)));
  }
  return digest.digest("hex");
};
