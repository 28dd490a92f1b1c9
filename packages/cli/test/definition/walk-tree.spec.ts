import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "mocha";
import { walkTree } from "../../src/definition/walk-tree.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "slipway-walk-"));
after(() => rmSync(scratch, { recursive: true }));

describe("a local directory", () => {
  it("is listed with all below it, directories first, names by their bytes, links as links", async () => {
    mkdirSync(path.join(scratch, "tree/b"), { recursive: true });
    writeFileSync(path.join(scratch, "tree/b/run"), "");
    chmodSync(path.join(scratch, "tree/b/run"), 0o755);
    writeFileSync(path.join(scratch, "tree/Z"), "");
    symlinkSync("b", path.join(scratch, "tree/a"));
    symlinkSync("tree", path.join(scratch, "link"));
    const expected = {
      ok: true,
      nodes: [
        { path: "", kind: "directory", executable: false },
        { path: "Z", kind: "file", executable: false },
        { path: "a", kind: "link", executable: false, target: "b" },
        { path: "b", kind: "directory", executable: false },
        { path: "b/run", kind: "file", executable: true },
      ],
    };
    assert.deepEqual(await walkTree(path.join(scratch, "tree")), expected);
    assert.deepEqual(await walkTree(path.join(scratch, "link")), expected);
  });

  it("that is none is said to be missing or a file", async () => {
    assert.deepEqual(await walkTree(path.join(scratch, "none")), { ok: false, problem: "missing" });
    writeFileSync(path.join(scratch, "file"), "");
    assert.deepEqual(await walkTree(path.join(scratch, "file")), { ok: false, problem: "file" });
  });
});
