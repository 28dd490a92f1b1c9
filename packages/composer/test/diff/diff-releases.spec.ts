import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { diffReleases } from "../../src/diff/diff-releases.ts";
import { ComposerError } from "../../src/errors.ts";
import { packagesJson } from "../../src/packages/packages-json.ts";
import { aRelease } from "../inspect/a-release.ts";
import { patched, struct } from "../inspect/bytes.ts";
import { encodeUki } from "../inspect/encode-uki.ts";
import { aRecord } from "../packages/a-package.ts";

type Files = Map<string, Uint8Array>;

describe("comparison of two releases", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-diff-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (name: string, files: Files): string => {
    mkdirSync(join(directory, name));
    for (const [file, bytes] of files) writeFileSync(join(directory, name, file), bytes);
    return join(directory, name);
  };
  const compare = async (change: (files: Files) => unknown = () => undefined) => {
    const changed = aRelease();
    change(changed);
    return diffReleases(write("before", aRelease()), write("after", changed));
  };

  it("says of a release and its copy that they are identical", async () => {
    const diff = await compare();
    assert.equal(diff.isIdentical, true);
    assert.deepEqual([diff.warnings, diff.files, diff.units], [[], [], []]);
    assert.deepEqual([diff.before.version, diff.before.image], ["1.2", "base"]);
  });

  it("sees packages, sizes and what the manifest says", async () => {
    const diff = await compare((files) => {
      const list = packagesJson([aRecord("p3"), aRecord("new")]);
      files.set("packages.json", Buffer.from(list));
      const manifest = Buffer.from(files.get("manifest.json") ?? []).toString();
      files.set(
        "manifest.json",
        Buffer.from(manifest.replace('"version": "1.2"', '"version": "1.3"')),
      );
    });
    assert.equal(diff.isIdentical, false);
    assert.deepEqual(
      diff.packages.added.map(({ name }) => name),
      ["new"],
    );
    assert.equal(diff.packages.removed.length, 11);
    assert.equal(diff.after.version, "1.3");
    assert.notEqual(diff.sizes["packages.json"].before, diff.sizes["packages.json"].after);
    // The manifest does not agree with the list and the UKI any more.
    assert.deepEqual(
      diff.warnings.map(({ code }) => code),
      ["CONTRADICTION", "CONTRADICTION"],
    );
  });

  it("sees another kernel, and the profiles of the UKI", async () => {
    const uki = (kernel: string, recovery: string) =>
      encodeUki({
        sections: [
          [".cmdline", "ro"],
          [".uname", "6.12.1-cloud"],
          [".linux", kernel],
          [".profile", "ID=recovery\nTITLE=Recovery\n"],
          [".cmdline", recovery],
          [".profile", `ID=${kernel}\n`],
        ],
      });
    const [before, after] = [aRelease(), aRelease()];
    before.set("uki.efi", uki("old", "ro single"));
    after.set("uki.efi", uki("new", "ro rescue"));
    const diff = await diffReleases(write("before", before), write("after", after));
    assert.equal(diff.isKernelChanged, true);
    assert.deepEqual(
      diff.profiles.map(({ profile, change, kernelArguments: { added, removed } }) => [
        ...[profile, change, ...added],
        ...removed.map((word) => `-${word}`),
      ]),
      [
        ["new", "added", "ro"],
        ["old", "removed", "-ro"],
        ["recovery", "changed", "rescue", "-single"],
      ],
    );
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    const both = [write("before", aRelease()), write("after", aRelease())] as const;
    await assert.rejects(diffReleases(...both, signal), /enough/);
  });

  const REFUSED: readonly (readonly [string, (files: Files) => unknown, RegExp])[] = [
    ["no manifest", (files) => files.delete("manifest.json"), /after\/manifest\.json/],
    [
      "a root whose inodes are something else",
      (files) => {
        const bytes = patched(files.get("root.erofs") ?? new Uint8Array(), 1024 + 8, struct(4));
        files.set("root.erofs", patched(bytes, 4096, new Uint8Array(4096).fill(255)));
      },
      /root\.erofs: EROFS/,
    ],
    [
      "an initrd that is cut short",
      (files) => {
        const sections = [
          [".linux", "kernel"],
          [".initrd", `070701${"0".repeat(50)}`],
        ] as const;
        files.set("uki.efi", encodeUki({ sections }));
      },
      /uki\.efi.*: cpio/,
    ],
  ];
  for (const [what, change, message] of REFUSED) {
    it(`refuses a release with ${what}`, async () => {
      await assert.rejects(
        compare(change),
        (error) =>
          error instanceof ComposerError &&
          error.code === "NOT_A_RELEASE" &&
          message.test(error.message) &&
          error.hint !== undefined,
      );
    });
  }
});
