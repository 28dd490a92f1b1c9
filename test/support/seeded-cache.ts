/** Caches of a test's own that start with what another has, in moments. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { stepKey } from "@slipway/composer/testing";

export interface LockedDeb {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly size: number;
  readonly sha256: string;
  /** Path below the mirror. */
  readonly filename: string;
}

/** The packages that a lock names for an architecture. */
export const lockedDebs = (
  lockFile: string,
  architecture: "x86_64" | "aarch64" = "x86_64",
): readonly LockedDeb[] => {
  const { architectures } = JSON.parse(readFileSync(lockFile, "utf8")) as {
    architectures: Record<string, { readonly packages: readonly LockedDeb[] }>;
  };
  return architectures[architecture]?.packages ?? [];
};

export interface Seed {
  /** Steps whose results are taken over as links, which is enough for all that is only read one by one. */
  readonly steps: readonly string[];
  /** Packages to take over. */
  readonly debs: readonly Pick<LockedDeb, "sha256">[];
}

/** Fills the directory `cache` with results and packages of the cache `from`. Nothing of it is ever written to. */
export const seedCache = (from: string, cache: string, { steps, debs }: Seed): void => {
  for (const step of steps) {
    const results = path.join(from, "steps", step);
    mkdirSync(path.join(cache, "steps", step), { recursive: true });
    for (const key of readdirSync(results)) {
      const result = path.join(results, key);
      // Another build may have pruned it just now.
      if (!existsSync(result)) continue;
      symlinkSync(realpathSync(result), path.join(cache, "steps", step, key));
    }
  }
  mkdirSync(path.join(cache, "debs"), { recursive: true });
  for (const { sha256 } of debs) {
    const name = `${sha256}.deb`;
    takeOver(path.join(from, "debs", name), path.join(cache, "debs", name));
  }
};

/** The key of the package tree that was last used for an image. */
export const lastTree = (from: string, image: string): string => {
  const last = path.join(from, "last", `tree@${image}.json`);
  const { recipe, ...inputs } = JSON.parse(readFileSync(last, "utf8")) as Record<string, string>;
  return stepKey({ name: "tree", revision: Number(recipe) }, inputs);
};

/** Takes over a package tree, under all keys that it is known by. Does nothing if it is there already. */
export const seedTree = (from: string, cache: string, key: string): void => {
  const results = path.join(from, "steps", "tree");
  const own = path.join(cache, "steps", "tree");
  const tree = realpathSync(path.join(results, key));
  if (existsSync(path.join(own, path.basename(tree)))) return;
  mkdirSync(own, { recursive: true });
  takeOver(tree, path.join(own, path.basename(tree)));
  for (const entry of readdirSync(results, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const target = readlinkSync(path.join(results, entry.name));
    if (target === path.basename(tree)) symlinkSync(target, path.join(own, entry.name));
  }
};

/** As second names where the file system allows it, as copies elsewhere. */
const takeOver = (from: string, to: string): void => {
  const linked = spawnSync("cp", ["--archive", "--link", from, to], { stdio: "ignore" });
  if (linked.status === 0) return;
  execFileSync("cp", ["--archive", "--no-target-directory", from, to]);
};
