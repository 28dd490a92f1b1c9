import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ElfFacts } from "../../src/initrd/elf.ts";
import { selectFiles, type TreeNode, type TreeView } from "../../src/initrd/libraries.ts";

type Fake = { readonly link: string } | { readonly elf: Partial<ElfFacts> } | "text" | "directory";

const X86_64 = 62;

const viewOf = (files: Readonly<Record<string, Fake>>): TreeView => ({
  node: (path): TreeNode | undefined => {
    const file = files[path];
    if (file === undefined) return undefined;
    if (file === "directory") return { kind: "directory" };
    if (file !== "text" && "link" in file) return { kind: "link", target: file.link };
    return { kind: "file", mode: 0o644 };
  },
  elf: (path) => {
    const file = files[path];
    if (file === undefined || typeof file === "string" || "link" in file) return undefined;
    return { machine: X86_64, interpreter: undefined, needed: [], runpath: [], ...file.elf };
  },
});

const tree = viewOf({
  "/usr/bin/kmod": { elf: { interpreter: "/lib64/ld.so.2", needed: ["libz.so.1", "libc.so.6"] } },
  "/usr/sbin/modprobe": { link: "../bin/kmod" },
  "/usr/lib64/ld.so.2": { link: "../lib/x86/ld.so.2" },
  "/usr/lib/x86/ld.so.2": { elf: {} },
  "/usr/lib/x86/libz.so.1": { link: "libz.so.1.3" },
  "/usr/lib/x86/libz.so.1.3": { elf: { needed: ["libc.so.6"] } },
  "/usr/lib/x86/libc.so.6": { elf: { interpreter: "/lib64/ld.so.2", needed: ["ld.so.2"] } },
  "/usr/lib/x86/libopened.so.1": { elf: {} },
  "/usr/lib/x86/private/libcore.so": { elf: { needed: ["libshared.so"] } },
  "/usr/lib/x86/private/libshared.so": { elf: {} },
  "/usr/bin/private": {
    elf: { needed: ["libcore.so", "libshared.so"], runpath: ["$ORIGIN/../lib/x86/private"] },
  },
  "/usr/bin/foreign": { elf: { machine: 183 } },
  "/etc/conf": "text",
  "/etc": "directory",
  "/loop": { link: "loop2" },
  "/loop2": { link: "loop" },
});

const select = (wanted: readonly string[], opened: readonly string[] = []) =>
  selectFiles(tree, wanted, opened, ["/usr/lib/x86"], X86_64);

describe("selecting an initrd's files", () => {
  it("follows links, the loader and libraries of libraries", () => {
    assert.deepEqual(select(["/sbin/modprobe", "/etc/conf"]).paths, [
      "/etc/conf",
      "/usr/bin/kmod",
      "/usr/lib/x86/ld.so.2",
      "/usr/lib/x86/libc.so.6",
      "/usr/lib/x86/libz.so.1",
      "/usr/lib/x86/libz.so.1.3",
      "/usr/lib64/ld.so.2",
      "/usr/sbin/modprobe",
    ]);
  });

  it("takes libraries that are only opened at run time", () => {
    assert.deepEqual(select([], ["libopened.so.1"]).paths, ["/usr/lib/x86/libopened.so.1"]);
  });

  it("looks where the program says, and counts what the program has loaded already", () => {
    const selection = select(["/usr/bin/private"]);
    assert.deepEqual(selection.missing, []);
    assert.ok(selection.paths.includes("/usr/lib/x86/private/libshared.so"));
  });

  it("names what is missing and who wanted it", () => {
    assert.deepEqual(select(["/usr/bin/gone", "/etc"], ["libgone.so.1"]).missing, [
      { path: "/usr/bin/gone", wantedBy: "the list of contents" },
      { path: "/etc", wantedBy: "the list of contents" },
      { path: "libgone.so.1", wantedBy: "the list of opened libraries" },
    ]);
  });

  it("names programs of another machine", () => {
    assert.deepEqual(select(["/usr/bin/foreign"]).foreign, ["/usr/bin/foreign"]);
  });

  it("ends on links that go round", () => {
    assert.deepEqual(select(["/loop"]).paths, ["/loop", "/loop2"]);
  });
});
