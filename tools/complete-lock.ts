import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { absentOptionals, type Lockfile } from "./lockfile.ts";

// A registry that holds only some platforms' programs makes npm leave the others out of package-lock.json, and then `npm ci`
// of npm 11 refuses the lockfile. They are never installed here, so name, version and platform are all that must be known.
const path = join(import.meta.dirname, "../package-lock.json");
const lockfile = JSON.parse(readFileSync(path, "utf8")) as Lockfile;
const absent = absentOptionals(lockfile);
const packages = Object.entries({ ...lockfile.packages, ...absent }).toSorted(([a], [b]) =>
  a < b ? -1 : 1,
);
writeFileSync(
  path,
  `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(packages) }, undefined, 2)}\n`,
);
process.stderr.write(
  `package-lock.json: ${Object.keys(absent).length} packages of other platforms added\n`,
);
