/**
 * The chrootless tree of the container host, which is the base image and more, against the one that an ordinary
 * installation gives: contents, modes, owners, link counts and extended attributes of every path. Whatever differs stands
 * here with its reason, path by path.
 */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { silentProgress } from "@slipway/composer";
import { compareTrees, composeTreePair } from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import { loadDefinition } from "@slipway/ignition-config";
import { definitionIo } from "../support/definition-io.ts";
import { CACHE, requireRoot, scratchDirectory } from "../support/release.ts";

const ARCHITECTURE = process.arch === "arm64" ? "aarch64" : "x86_64";

/** Path to reason. A path that stops differing must go from this list, as a new one must be explained in it. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "/etc/ca-certificates.conf":
    "ours lists the certificates; debconf's version has a longer comment on top",
  "/etc/hosts.allow":
    "an example that libwrap0's script writes; a file that is not there allows the same",
  "/etc/hosts.deny":
    "an example that libwrap0's script writes; a file that is not there denies as little",
  "/etc/modules": "a note by kmod's script that the file is obsolete",
};

describe("chrootless tree", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("chrootless");
  let differences: ReadonlyMap<string, string>;

  before("compose both", async () => {
    const images = path.join(scratch, "images");
    cpSync(path.resolve(import.meta.dirname, "../../images"), images, { recursive: true });
    const definitionFile = path.join(images, "container-host.yaml");
    const { definition } = await loadDefinition(definitionFile, definitionIo);
    assert.ok(definition !== undefined);
    const pair = await composeTreePair(
      {
        definitionFile,
        definition,
        architectures: [ARCHITECTURE],
        cache: CACHE,
        exec: linuxExec,
        clock: linuxClock,
        progress: silentProgress,
      },
      ARCHITECTURE,
    );
    assert.ok(pair.chrootless.size > 5000, `${pair.chrootless.size} paths`);
    differences = compareTrees(pair.chrootless, pair.ordinary);
  });

  it("differs from an ordinary one in nothing but what is explained here", () => {
    const found = [...differences].map(([file, what]) => `${file}: ${what}`);
    assert.deepEqual([...differences.keys()], Object.keys(EXPLAINED).toSorted(), found.join("\n"));
  });

  it("needs no more than forty explanations", () => {
    assert.ok(Object.keys(EXPLAINED).length <= 40);
  });
});
