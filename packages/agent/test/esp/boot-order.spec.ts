import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { bootOrder, type LoaderFile, nameOnceBooted } from "../../src/esp/boot-order.ts";

/** A UKI of ours: the version is inside, whatever the file is called. */
const uki = (file: string, version: string, image = "base"): LoaderFile => ({
  file,
  profiles: [
    { sortKey: image, version },
    { sortKey: `${image}~recovery`, version },
  ],
});

const first = (...files: readonly LoaderFile[]): string | undefined =>
  bootOrder(files)[0]?.from.file;

describe("the loader's choice", () => {
  const older = uki("base_1.9_aaaaaaaa.efi", "1.9");
  const newer = uki("base_1.10_bbbbbbbb.efi", "1.10");

  it("is the newest version, by its os-release and not by its name", () => {
    assert.equal(first(older, newer), newer.file);
    assert.equal(first(newer, older), newer.file);
    assert.equal(first(older, uki("BASE_1~1.EFI", "1.10")), "BASE_1~1.EFI");
  });

  it("is the main profile, with a counter and without", () => {
    for (const file of [
      "base_1_aaaaaaaa.efi",
      "base_1_aaaaaaaa+3.efi",
      "base_1_aaaaaaa1+0-3.efi",
    ]) {
      assert.equal(bootOrder([uki(file, "1")])[0]?.profile, 0);
    }
  });

  it("is an older entry rather than one without tries left", () => {
    assert.equal(first(uki("base_1.10_bbbbbbbb+0-3.efi", "1.10"), older), older.file);
    assert.equal(
      first(uki("base_1.10_bbbbbbbb+1-2.efi", "1.10"), older),
      "base_1.10_bbbbbbbb+1-2.efi",
    );
    assert.equal(
      first(uki("base_1.10_bbbbbbbb+0-3.efi", "1.10"), uki("base_1.9_aaaaaaaa+0-4.efi", "1.9")),
      "base_1.10_bbbbbbbb+0-3.efi",
    );
  });

  it("takes a torn name for an entry without a counter", () => {
    assert.equal(first(older, uki("BASE_1~2.EFI", "1.10")), "BASE_1~2.EFI");
  });

  it("knows nothing of files that are no programs, are hidden, or have another ending", () => {
    const none = [
      { file: "base_3_cccccccc.efi", profiles: [] },
      uki("base_3_cccccccc.staged", "3"),
      uki("base_3_cccccccc.leftover1", "3"),
      uki(".base_3_cccccccc.efi", "3"),
      uki("auto-3.efi", "3"),
    ];
    assert.deepEqual(bootOrder(none), []);
    assert.equal(first(...none, older), older.file);
  });

  it("among equals is what has most tries left, and then the fewest done", () => {
    const tries = (text: string): LoaderFile => uki(`base_1_aaaaaaaa${text}.efi`, "1");
    assert.equal(first(tries("+1-2"), tries("+3"), tries("+2-1")), "base_1_aaaaaaaa+3.efi");
    assert.equal(first(tries("+2-2"), tries("+2-1")), "base_1_aaaaaaaa+2-1.efi");
  });

  it("has the id by which systemd is told of it: without the counter, and else in lower case", () => {
    assert.deepEqual(
      bootOrder([uki("Base_1_aaaaaaaa+3.efi", "1"), uki("Base_2_bbbbbbbb.efi", "2")]).map(
        ({ id }) => id,
      ),
      [
        "base_2_bbbbbbbb.efi",
        "Base_1_aaaaaaaa.efi",
        "base_2_bbbbbbbb.efi@1",
        "Base_1_aaaaaaaa.efi",
      ],
    );
  });

  it("reads a counter only before the ending, and only one that fits an int", () => {
    const tries = (file: string): unknown => bootOrder([uki(file, "1")])[0]?.tries;
    assert.deepEqual(tries("a+3.efi"), { left: 3, done: 0 });
    assert.deepEqual(tries("a+3-0.EFI"), { left: 3, done: 0 });
    assert.deepEqual(tries("a+b+03-02.efi"), { left: 3, done: 2 });
    for (const file of [
      "a+3.x.efi",
      "a+.efi",
      "a+3-.efi",
      "a+-1.efi",
      "a+2147483648.efi",
      "a.efi",
    ]) {
      assert.equal(tries(file), undefined, file);
    }
  });
});

describe("a booted entry's name", () => {
  it("counts a try, and goes on counting those of a bad one", () => {
    const tries = ["+3", "+2-1", "+1-2", "+0-3", "+0-4", "+0-5"].map((text) => `a${text}.efi`);
    for (const [index, file] of tries.slice(0, -1).entries()) {
      assert.equal(nameOnceBooted(file, tries.slice(0, 1)), tries[index + 1]);
    }
  });

  it("stays as it is without a counter, and where another file has the next one", () => {
    assert.equal(nameOnceBooted("a.efi", []), "a.efi");
    assert.equal(nameOnceBooted("a+3.efi", ["A+2-1.EFI"]), "a+3.efi");
  });
});
