/** A release of the small base image and its lock, built once for all tests that then do something bad to them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { CACHE, scratchDirectory, slipway, succeeded } from "./release.ts";
import { type LockedDeb, lockedDebs, seedCache, seedTree } from "./seeded-cache.ts";
import { lockOf, RELEASE, writeSmallBase } from "./small-base.ts";

export interface BuiltBase {
  readonly definition: string;
  /** The lock's text, with all ids of accounts in it. */
  readonly lock: string;
  readonly debs: readonly LockedDeb[];
  /** The release's directory. */
  readonly release: string;
  readonly manifest: string;
}

const scratch = scratchDirectory("built-base");
let built: Promise<BuiltBase> | undefined;

export const builtBase = (): Promise<BuiltBase> => (built ??= buildBase());

const buildBase = async (): Promise<BuiltBase> => {
  const definition = writeSmallBase(path.join(scratch, "definition"));
  const out = path.join(scratch, "out");
  succeeded(await slipway("build", definition, "--out", out));
  const release = path.join(out, RELEASE);
  return {
    definition,
    lock: readFileSync(lockOf(definition), "utf8"),
    debs: lockedDebs(lockOf(definition)),
    release,
    manifest: readFileSync(path.join(release, "manifest.json"), "utf8"),
  };
};

/** Fills `cache` with all that the image is made from but its root. */
export const seedFrom = (base: Pick<BuiltBase, "debs">, cache: string): string => {
  seedCache(CACHE, cache, { steps: ["tools", "kernel", "initrd", "loader"], debs: base.debs });
  seedTree(CACHE, cache, "base-x86_64");
  return cache;
};
