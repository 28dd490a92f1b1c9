import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { plansDocument, planSummary } from "../../src/present/plan.ts";
import { releasesDocument, releaseSummary } from "../../src/present/release.ts";
import { aPlan, aRelease } from "../support/a-release.ts";

const summary = (
  changes: Parameters<typeof aRelease>[0] = {},
  explain = false,
): readonly string[] =>
  releaseSummary(aRelease(changes), { slotSizeMib: 2048, explain }).split("\n");

describe("the summary of a build", () => {
  it("says what was built, where, how large it is and where the time went", () => {
    assert.deepEqual(summary(), [
      "base 1 for x86_64",
      "  directory  /project/out/base/1/x86_64",
      `  root hash  ${"b".repeat(64)}`,
      "  time       initrd 12.1 s, tree 31.0 s, 1 step from the cache",
      "  disk.raw        5121.0 MiB",
      "  packages.json      2.0 KiB",
      "  root.erofs       512.0 MiB  75.0 % of its slot of 2048 MiB left",
      "  root.verity        4.0 MiB",
      "  sbom.spdx.json     4.0 KiB",
      "  uki.efi           45.0 MiB",
      "",
    ]);
  });

  it("says when nothing had to be done", () => {
    assert.equal(
      summary({ unchanged: true })[0],
      "base 1 for x86_64: unchanged, it was there already",
    );
  });

  it("explains every step when asked", () => {
    assert.deepEqual(summary({}, true).slice(10, 13), [
      "  kernel  from the cache",
      "  initrd  made, for the first time",
      "  tree    made, because of package openssl",
    ]);
  });

  it("says nothing of time when no step was run", () => {
    assert.ok(!summary({ steps: [] }).some((line) => line.includes("time")));
  });
});

describe("the document of a build", () => {
  it("has exactly what is promised, in a stable order", () => {
    assert.equal(
      JSON.stringify(releasesDocument([aRelease()])),
      JSON.stringify({
        image: "base",
        version: "1",
        arch: "x86_64",
        directory: "/project/out/base/1/x86_64",
        roothash: "b".repeat(64),
        artifacts: Object.fromEntries(
          Object.entries(aRelease().artifacts).toSorted(([a], [b]) => (a < b ? -1 : 1)),
        ),
        timings: { initrd: 12_100, kernel: 2, tree: 31_000 },
      }),
    );
  });

  it("is a list for several architectures", () => {
    const document = releasesDocument([aRelease(), aRelease({ arch: "aarch64" })]);
    assert.ok(Array.isArray(document));
    assert.equal(document.length, 2);
  });
});

describe("the summary of a dry run", () => {
  it("says what would be done", () => {
    assert.deepEqual(planSummary(aPlan()).split("\n"), [
      "base 1 for x86_64: nothing was written",
      "  directory  /project/out/base/1/x86_64",
      "  lock       fits",
      "  packages   nothing to fetch",
      "  kernel  from the cache",
      "  tree    to be made, because of package openssl",
      "  root    depends on the steps above",
      "",
    ]);
  });

  it("says why the lock does not fit, and what would be fetched", () => {
    const lines = planSummary(
      aPlan({
        drift: ["there is no lock", "and no tools"],
        fetch: { count: 2, bytes: 3 * 1024 * 1024 },
      }),
    ).split("\n");
    assert.equal(lines[2], "  lock       to be brought up to date: there is no lock; and no tools");
    assert.equal(lines[3], "  packages   2 packages to fetch, 3.0 MiB");
  });

  it("is a document of the same facts", () => {
    assert.deepEqual(plansDocument([aPlan({ fetch: { count: 1, bytes: 9 } })]), {
      image: "base",
      version: "1",
      arch: "x86_64",
      directory: "/project/out/base/1/x86_64",
      drift: [],
      fetch: { count: 1, bytes: 9 },
      steps: [
        { step: "kernel", verdict: "cached" },
        { step: "tree", verdict: "make", changed: ["package openssl"] },
        { step: "root", verdict: "unknown" },
      ],
    });
    assert.ok(Array.isArray(plansDocument([aPlan(), aPlan()])));
  });
});
