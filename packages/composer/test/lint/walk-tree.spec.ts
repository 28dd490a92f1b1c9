import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { debianPolicy } from "../../src/lint/debian-policy.ts";
import { lintRoot } from "../../src/lint/lint-root.ts";
import { START_BYTES } from "../../src/lint/tree-entry.ts";
import { contentReader, walkTree } from "../../src/lint/walk-tree.ts";

describe("walk of a tree", () => {
  let top = "";
  let root = "";
  before(() => {
    top = mkdtempSync(join(tmpdir(), "slipway-walk-"));
    root = join(top, "root");
    mkdirSync(join(root, "etc"), { recursive: true });
    mkdirSync(join(root, "b"));
    writeFileSync(join(top, "outside"), "outside");
    writeFileSync(join(root, "etc/a"), "text");
    writeFileSync(join(root, "etc/B"), "x".repeat(START_BYTES + 10));
    writeFileSync(join(root, "b.d"), "\u007fELF\u0002\u0001".padEnd(10_000, "\0"));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/etc/`), Buffer.of(0x78, 0xff)]), "");
    linkSync(join(root, "etc/a"), join(root, "etc/a2"));
    symlinkSync("../../../../..", join(root, "up"));
    symlinkSync("/etc/a", join(root, "etc/absolute"));
    symlinkSync(top, join(root, "out"));
    symlinkSync("loop", join(root, "loop"));
    chmodSync(join(root, "b"), 0o1751);
  });
  after(() => rmSync(top, { recursive: true }));

  const walk = () => [...walkTree(root)];

  it("names everything once, in the order of the bytes, and follows no link", () => {
    assert.deepEqual(
      walk().map(({ path, type }) => `${path} ${type}`),
      [
        "/ directory",
        "/b directory",
        "/b.d file",
        "/etc directory",
        "/etc/B file",
        "/etc/a file",
        "/etc/a2 file",
        "/etc/absolute link",
        "/etc/x\\xff file",
        "/loop link",
        "/out link",
        "/up link",
      ],
    );
  });

  it("tells mode, links, targets and bad names", () => {
    const entries = new Map(walk().map((entry) => [entry.path, entry]));
    assert.equal(entries.get("/b")?.mode, 0o1751);
    assert.equal(entries.get("/etc/a")?.nlink, 2);
    assert.equal(entries.get("/etc/a")?.inode, entries.get("/etc/a2")?.inode);
    assert.equal(entries.get("/up")?.target, "../../../../..");
    assert.equal(entries.get("/etc/x\\xff")?.isUtf8, false);
  });

  it("gives the start of a file: of texts much, of binaries their header", () => {
    const lengths = new Map<string, number>();
    for (const { path, start } of walkTree(root)) {
      if (start !== undefined) lengths.set(path, start.length);
    }
    assert.deepEqual(
      ["/etc/a", "/etc/B", "/b.d", "/etc/x\\xff"].map((path) => lengths.get(path)),
      [4, START_BYTES, 4096, 0],
    );
  });

  it("reads contents without leaving the tree", () => {
    const read = contentReader(root);
    const text = (path: string) => new TextDecoder().decode(read(path));
    assert.equal(text("/etc/a"), "text");
    assert.equal(text("/etc/absolute"), "text");
    assert.equal(text("/up/etc/a"), "text");
    assert.equal(read("/up/outside"), undefined);
    assert.equal(read("/out/outside"), undefined);
    assert.equal(read("/loop"), undefined);
    assert.equal(read("/etc"), undefined);
  });

  it("stops when it is told to", async () => {
    const policy = debianPolicy({ elfMachine: 62, packages: [] });
    for (let index = 0; index < 1200; index++) writeFileSync(join(root, `b/${index}`), "");
    await assert.rejects(
      lintRoot(root, policy, { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
    const report = await lintRoot(root, policy);
    assert.ok(report.facts.entries > 1200);
    assert.ok(report.findings.some(({ rule }) => rule === "hard-link"));
  });
});
