/** The two ways of composing the tree of the container host, which is the base image and more, and in what they differ. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { silentProgress } from "@slipway/composer";
import { compareTrees, composeTreePair } from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import { type Architecture, loadDefinition } from "@slipway/ignition-config";
import { definitionIo } from "./definition-io.ts";
import { CACHE } from "./release.ts";

/** Path to reason. A path that stops differing must go from this list, as a new one must be explained in it. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  "/etc/ca-certificates.conf":
    "ours lists the certificates; debconf's version has a longer comment on top",
  "/etc/hosts.allow":
    "an example that libwrap0's script writes; a file that is not there allows the same",
  "/etc/hosts.deny":
    "an example that libwrap0's script writes; a file that is not there denies as little",
  "/etc/modules": "a note by kmod's script that the file is obsolete",
};

/**
 * Composes both trees of an architecture, whose programs this machine must be able to run. Contents, modes, owners, link
 * counts and extended attributes of every path are compared: path to what differs.
 */
export const chrootlessDifferences = async (
  architecture: Architecture,
  scratch: string,
): Promise<ReadonlyMap<string, string>> => {
  const images = path.join(scratch, "images");
  cpSync(path.resolve(import.meta.dirname, "../../images"), images, { recursive: true });
  const definitionFile = path.join(images, "container-host.yaml");
  const { definition } = await loadDefinition(definitionFile, definitionIo);
  assert.ok(definition !== undefined);
  const pair = await composeTreePair(
    {
      definitionFile,
      definition,
      architectures: [architecture],
      cache: CACHE,
      exec: linuxExec,
      clock: linuxClock,
      progress: silentProgress,
    },
    architecture,
  );
  assert.ok(pair.chrootless.size > 5000, `${pair.chrootless.size} paths`);
  return compareTrees(pair.chrootless, pair.ordinary);
};

/** Fails unless exactly the explained paths differ. */
export const onlyExplained = (differences: ReadonlyMap<string, string>): void => {
  const found = [...differences].map(([file, what]) => `${file}: ${what}`);
  assert.deepEqual([...differences.keys()], Object.keys(EXPLAINED).toSorted(), found.join("\n"));
};
