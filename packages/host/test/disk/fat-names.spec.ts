import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FatError, mountFat, readFat } from "@slipway/host/testing";
import { formatted, text } from "./a-volume.ts";

/** What the root's entries begin with, eleven characters each, after the label. */
const rawEntries = (names: readonly string[]): readonly string[] => {
  const disk = formatted(8);
  const volume = mountFat(disk);
  for (const name of names) volume.writeFile(`/${name}`, text(name));
  volume.unmount();
  assert.deepEqual(
    readFat(disk)
      .readdir("/")
      .map((entry) => entry.name),
    names.map((name) => name.replace(/\.+$/, "")),
  );
  const raw: string[] = [];
  const first = [...disk.touched()].filter((sector) => disk.read(sector)[11] === 0x08);
  const start = Math.max(...first);
  for (let at = 32; at < 8 * 512; at += 32) {
    const bytes = disk.read(start + Math.floor(at / 512)).subarray(at % 512, (at % 512) + 32);
    if (bytes[0] === 0) break;
    const shown = Buffer.from(bytes.subarray(0, 11)).toString("latin1");
    raw.push(bytes[11] === 0x0f ? `long ${bytes[0]}` : `${shown} ${bytes[12]}`);
  }
  return raw;
};

const refused =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof FatError && error.code === code;

describe("FAT names", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["in one case need no long entry", ["README.TXT"], ["README  TXT 0"]],
    ["in lower case have it in the alias", ["bootx64.efi"], ["BOOTX64 EFI 24"]],
    ["with a part in each case too", ["BOOT.efi", "boot.EFI"], ["BOOT    EFI 16"]],
    ["without an extension", ["linux"], ["LINUX       8"]],
    ["in mixed case keep the alias whole", ["Linux"], ["long 65", "LINUX       0"]],
    [
      "that are too long are numbered",
      ["loader.conf", "loader.config"],
      ["long 65", "LOADER~1CON 0", "long 65", "LOADER~2CON 0"],
    ],
    [
      "of 13 characters fill one long entry, of 14 two",
      ["abcdefghi.efi", "abcdefghij.efi"],
      ["long 65", "ABCDEF~1EFI 0", "long 66", "long 1", "ABCDEF~2EFI 0"],
    ],
    [
      "with boot counters lose what an alias cannot have",
      ["base_1.0_0a+3-1.efi"],
      ["long 66", "long 1", "BASE_1~1EFI 0"],
    ],
    ["that begin with a dot", [".profile"], ["long 65", "PROFIL~1    0"]],
    ["beyond ASCII", ["größe.txt"], ["long 65", "GR__E~1 TXT 0"]],
    ["that end in dots lose them", ["name.."], ["NAME        8"]],
  ];
  for (const [title, names, expected] of cases) {
    it(title, () => {
      const distinct = names.filter(
        (name, index) =>
          names.findIndex((other) => other.toUpperCase() === name.toUpperCase()) === index,
      );
      assert.deepEqual(rawEntries(distinct), expected);
    });
  }

  it("beyond the ninth get an alias from the clock", () => {
    const names = Array.from({ length: 12 }, (_, index) => `a long name ${index}`);
    const aliases = rawEntries(names).filter((entry) => !entry.startsWith("long"));
    assert.equal(aliases.filter((alias) => /^ALONGN~\d/.test(alias)).length, 9);
    assert.equal(aliases.filter((alias) => /^AL[0-9A-F]{4}~\d/.test(alias)).length, 3);
    assert.equal(new Set(aliases).size, 12);
  });

  it("do not mind case when a file is looked for, and keep it when it is written again", () => {
    const volume = mountFat(formatted());
    volume.writeFile("/Linux.efi", text("one"));
    volume.writeFile("/LINUX.EFI", text("two"));
    assert.deepEqual(volume.readdir("/"), [{ name: "Linux.efi", kind: "file", size: 3 }]);
    assert.equal(Buffer.from(volume.readFile("/linux.efi")).toString(), "two");
    volume.rename("/Linux.efi", "/LINUX.efi");
    assert.equal(volume.readdir("/")[0]?.name, "Linux.efi");
  });

  it("that FAT cannot keep are refused", () => {
    const volume = mountFat(formatted());
    const bad = ["a:b", "a?", "tab\t", "space ", "...", "x".repeat(256), "a\\b", "a|b"];
    for (const name of bad) {
      assert.throws(() => volume.writeFile(`/${name}`, text("x")), refused("BAD_NAME"), name);
    }
    assert.deepEqual(volume.readdir("/"), []);
  });
});
