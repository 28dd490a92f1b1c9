/** Caches of a test's own that start with what another has, in moments. */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";

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
  /** Names of the steps whose results are taken over, by links; nothing below them is written to. */
  readonly steps: readonly string[];
  /** Packages to take over. */
  readonly debs?: readonly Pick<LockedDeb, "sha256">[];
}

/** Fills the directory `cache` from the cache `from`. */
export const seedCache = (from: string, cache: string, { steps, debs = [] }: Seed): void => {
  for (const step of steps) {
    const results = path.join(from, "steps", step);
    mkdirSync(path.join(cache, "steps", step), { recursive: true });
    for (const key of readdirSync(results)) {
      const result = realpathSync(path.join(results, key));
      symlinkSync(result, path.join(cache, "steps", step, key));
    }
  }
  mkdirSync(path.join(cache, "debs"), { recursive: true });
  for (const { sha256 } of debs) {
    const [file, copy] = [from, cache].map((at) => path.join(at, "debs", `${sha256}.deb`)) as [
      string,
      string,
    ];
    try {
      linkSync(file, copy);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
      copyFileSync(file, copy);
    }
  }
};
