/** A release of the small base image and its lock, built once for all tests that then do something bad to them. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { CACHE, scratchDirectory, slipway, succeeded } from "./release.ts";
import { lastTree, type LockedDeb, lockedDebs, seedCache, seedTree } from "./seeded-cache.ts";
import { lockOf, RELEASE, writeSmallBase } from "./small-base.ts";

export interface BuiltBase {
  readonly definition: string;
  /** The lock's text, with all ids of accounts in it. */
  readonly lock: string;
  readonly debs: readonly LockedDeb[];
  /** The release's directory. */
  readonly release: string;
  readonly manifest: string;
  /**
   * Keys of the package tree, with and without the accounts that the lock now pins. In a cache that many builds have used
   * they may be two trees: another image of the same packages can have been composed from its pins before.
   */
  readonly trees: readonly string[];
}

/** The step store's name of what the small base is built for. */
export const IMAGE = "base-x86_64";
const scratch = scratchDirectory("built-base");
let built: Promise<BuiltBase> | undefined;

export const builtBase = (): Promise<BuiltBase> => (built ??= buildBase());

const buildBase = async (): Promise<BuiltBase> => {
  const definition = writeSmallBase(path.join(scratch, "definition"));
  const out = path.join(scratch, "out");
  succeeded(await slipway("build", definition, "--out", out));
  const release = path.join(out, RELEASE);
  const manifest = readFileSync(path.join(release, "manifest.json"), "utf8");
  const unpinned = lastTree(CACHE, IMAGE);
  const again = path.join(scratch, "out-locked");
  succeeded(await slipway("build", definition, "--out", again, "--locked"));
  assert.equal(readFileSync(path.join(again, RELEASE, "manifest.json"), "utf8"), manifest);
  rmSync(again, { recursive: true });
  return {
    definition,
    lock: readFileSync(lockOf(definition), "utf8"),
    debs: lockedDebs(lockOf(definition)),
    release,
    manifest,
    trees: [unpinned, lastTree(CACHE, IMAGE)],
  };
};

/** Fills `cache` with all that the image is made from but its root. */
export const seedFrom = (base: Pick<BuiltBase, "debs" | "trees">, cache: string): string => {
  const steps = ["tools", "kernel", "initrd", "loader", "agent", "node"];
  seedCache(CACHE, cache, { steps, debs: base.debs });
  for (const tree of base.trees) seedTree(CACHE, cache, tree);
  return cache;
};
