import { globSync, rmSync } from "node:fs";

// `tsc -b` never deletes: the output of a source that is gone would live on in dist.
for (const path of globSync([".tsbuild", "packages/*/dist", "packages/*/.tsbuild", "coverage"])) {
  rmSync(path, { recursive: true, force: true });
}
