import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ComposerError } from "../../src/errors.ts";
import { inspectRelease } from "../../src/inspect/inspect-release.ts";
import { presentRelease } from "../../src/inspect/present-release.ts";
import { aRelease } from "./a-release.ts";
import { patched, struct } from "./bytes.ts";

describe("inspection of a release", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-inspect-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const inspect = async (change: (files: Map<string, Uint8Array>) => unknown = () => undefined) => {
    const files = aRelease();
    change(files);
    for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
    return inspectRelease(directory);
  };
  const patch =
    (name: string, offset: number, bytes: Uint8Array) => (files: Map<string, Uint8Array>) =>
      files.set(name, patched(files.get(name) ?? new Uint8Array(), offset, bytes));

  it("describes it from its files, which agree", async () => {
    const release = await inspect();
    assert.deepEqual(release.problems, []);
    assert.equal(release.manifest.image, "base");
    assert.equal(release.disk.partitions.length, 4);
    assert.equal(release.root.buildTime, 1_700_000_000);
    assert.equal(release.verity.rootHash, release.manifest.roothash);
    assert.equal(release.uki.kernelArguments.at(-1), "ro");
    assert.equal(release.sizes["root.erofs"], release.slot.used);
    assert.equal(release.slot.headroom, 1 - release.slot.used / (1024 * 1024));
  });

  it("names the largest packages, and the units with what pulls them in", async () => {
    const { packages, enabledUnits } = await inspect();
    assert.equal(packages.count, 12);
    assert.deepEqual(
      packages.largest.map(({ name }) => name),
      ["p11", "p10", "p9", "p8", "p7", "p6", "p5", "p4", "p3", "p2"],
    );
    assert.deepEqual(enabledUnits, [
      { unit: "a.service", by: "multi-user.target" },
      { unit: "fstrim.timer", by: "timers.target" },
      { unit: "ssh.service", by: "multi-user.target" },
    ]);
  });

  it("prints all of it, and obeys no control characters", async () => {
    const text = presentRelease(await inspect());
    for (const part of [
      /^base 1\.2 \(x86_64\)$/m,
      /slot-a-verity/,
      /roothash=/,
      /p11/,
      /fstrim\.timer by/,
    ]) {
      assert.match(text, part);
    }
    assert.doesNotMatch(text, /Problems/);
    const release = await inspect();
    const forged = presentRelease({ ...release, problems: ["\u001b[2Jx"], enabledUnits: [] });
    assert.match(forged, /Problems\n {2}\\u001b\[2Jx/);
  });

  const CONTRADICTIONS: readonly (readonly [
    string,
    (files: Map<string, Uint8Array>) => unknown,
    RegExp,
  ])[] = [
    ["another tree", patch("root.verity", 5000, Uint8Array.of(1)), /root hash of root\.verity/],
    ["another salt", patch("root.verity", 90, Uint8Array.of(1)), /salt of root\.verity/],
    [
      "another machine",
      patch("uki.efi", 128 + 4, struct(2, [0, 0xaa64, 2])),
      /machine type.*0xaa64, expected 0x8664/,
    ],
    [
      "a file cut or grown",
      (files) => files.set("sbom.spdx.json", new Uint8Array(4)),
      /size of sbom\.spdx\.json is 4, expected 3/,
    ],
    [
      "a damaged end of the disk",
      patch("disk.raw", 4999 * 512, new Uint8Array(8)),
      /disk\.raw: at its end/,
    ],
    [
      "another command line",
      (files) => {
        const uki = files.get("uki.efi") ?? new Uint8Array();
        patch("uki.efi", Buffer.from(uki).indexOf("roothash="), Uint8Array.of(0x78))(files);
      },
      /roothash= on the kernel's command line is missing/,
    ],
  ];
  for (const [what, change, problem] of CONTRADICTIONS) {
    it(`tells a contradiction: ${what}`, async () => {
      const { problems } = await inspect(change);
      assert.ok(
        problems.some((one) => problem.test(one)),
        problems.join("\n"),
      );
    });
  }

  const REFUSED: readonly (readonly [
    string,
    (files: Map<string, Uint8Array>) => unknown,
    RegExp,
  ])[] = [
    ["without a manifest", (files) => files.delete("manifest.json"), /manifest\.json/],
    ["without a disk", (files) => files.delete("disk.raw"), /disk\.raw/],
    ["without a list of packages", (files) => files.delete("packages.json"), /packages\.json/],
    [
      "with a list that is no JSON",
      (files) => files.set("packages.json", struct(3)),
      /packages\.json/,
    ],
    [
      "with a list of something else",
      (files) => files.set("packages.json", struct(2, [0, "{}"])),
      /no list of packages/,
    ],
    [
      "with a root of something else",
      (files) => files.set("root.erofs", new Uint8Array(9000)),
      /root\.erofs: EROFS: no superblock/,
    ],
    ["with an empty kernel", (files) => files.set("uki.efi", new Uint8Array()), /uki\.efi: PE: /],
  ];
  for (const [what, change, message] of REFUSED) {
    it(`refuses a directory ${what}`, async () => {
      await assert.rejects(
        inspect(change),
        (error) =>
          error instanceof ComposerError &&
          error.code === "NOT_A_RELEASE" &&
          message.test(error.message) &&
          error.hint !== undefined,
      );
    });
  }
});
