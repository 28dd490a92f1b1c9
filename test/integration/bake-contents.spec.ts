/** Contents of files, baked into trees in a temporary directory. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, it } from "mocha";
import {
  ACCOUNTS,
  aFile,
  aUser,
  aWorkbench,
  inline,
  lineOf,
  local,
  told,
} from "../support/baking.ts";
import { sha256 } from "../support/tree-picture.ts";

describe("contents", () => {
  it("come from a local file in pieces, unpacked and verified", async () => {
    using bench = aWorkbench();
    const bytes = Buffer.alloc(3_000_000, "slipway");
    writeFileSync(join(bench.outside, "big"), bytes);
    writeFileSync(join(bench.outside, "big.gz"), Buffer.concat([gzipSync(bytes), gzipSync("end")]));
    const verification = { hash: `sha256-${sha256(bytes)}` };
    const report = await bench.bake({
      files: [
        aFile("/big", { contents: local(join(bench.outside, "big"), { verification }) }),
        aFile("/both", {
          contents: local(join(bench.outside, "big.gz"), { compression: "gzip" }),
          append: [inline("\n"), local(join(bench.outside, "big"))],
        }),
      ],
    });
    assert.deepEqual(told(report), []);
    assert.ok(readFileSync(join(bench.root, "big")).equals(bytes));
    const both = Buffer.concat([bytes, Buffer.from("end\n"), bytes]);
    assert.ok(readFileSync(join(bench.root, "both")).equals(both));
  });

  const GZIP = gzipSync("hello\n");
  const BROKEN: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ["text", Buffer.from("plain")],
    ["nothing", Buffer.alloc(0)],
    ["a short stream", GZIP.subarray(0, -4)],
    ["a stream with junk after it", Buffer.concat([GZIP, Buffer.from("junk")])],
    ["a stream with zeros after it", Buffer.concat([GZIP, Buffer.alloc(512)])],
    ["a stream with a wrong checksum", Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(8)])],
  ];
  for (const [what, bytes] of BROKEN) {
    it(`are refused when they should be gzip and are ${what}`, async () => {
      using bench = aWorkbench();
      writeFileSync(join(bench.outside, "x.gz"), bytes);
      const report = await bench.bake({
        files: [
          aFile("/a", { contents: local(join(bench.outside, "x.gz"), { compression: "gzip" }) }),
          aFile("/b", {
            contents: { kind: "data", bytes, compression: "gzip", origin: lineOf(9) },
          }),
        ],
      });
      assert.equal(report.findings.length, 2);
      for (const { rule, message } of report.findings) {
        assert.equal(rule, "contents-failed");
        assert.match(message, /^\/[ab]: the contents are no gzip data: /);
      }
      assert.deepEqual(readdirSync(bench.root), []);
    });
  }

  it("that do not verify are refused, and nothing of them is left", async () => {
    using bench = aWorkbench();
    const report = await bench.bake({
      files: [
        aFile("/a/b", {
          contents: { ...inline("x"), verification: { hash: `sha256-${"0".repeat(64)}` } },
        }),
      ],
    });
    assert.match(
      report.findings[0]?.message ?? "",
      /hash verification failed \(calculated 2d711642/,
    );
    assert.deepEqual(readdirSync(join(bench.root, "a")), []);
  });

  it("that cannot be read are refused, each with its reason, without waiting for anything", async () => {
    using bench = aWorkbench();
    const at = (name: string): string => join(bench.outside, name);
    mkdirSync(at("directory"));
    execFileSync("mkfifo", [at("pipe")]);
    const report = await bench.bake({
      files: ["missing", "directory", "pipe"].map((name, index) =>
        aFile(`/${name}`, { contents: { ...local(at(name)), origin: lineOf(index + 1) } }),
      ),
    });
    assert.deepEqual(told(report), [
      `error 1: /missing: ${at("missing")} does not exist`,
      `error 2: /directory: ${at("directory")} is not a file`,
      `error 3: /pipe: ${at("pipe")} is not a file`,
    ]);
  });

  it("longer than a slot are refused before they fill the disk", async () => {
    using bench = aWorkbench();
    const bomb = gzipSync(Buffer.alloc(257 * 1024 * 1024));
    const report = await bench.bake({
      files: [
        aFile("/bomb", {
          contents: { kind: "data", bytes: bomb, compression: "gzip", origin: lineOf(1) },
        }),
      ],
    });
    assert.deepEqual(told(report), ["error 1: /bomb: the contents are longer than a root slot"]);
    assert.deepEqual(readdirSync(bench.root), []);
  });
});

describe("a tree whose files have other names elsewhere", () => {
  it("is changed without changing them", async () => {
    using bench = aWorkbench([
      ...ACCOUNTS,
      { path: "/etc/systemd/system", type: "dir", mode: 0o755 },
    ]);
    const names = ["append", "mode", "owner", "overwrite", "systemd/system/a.service", "passwd"];
    for (const name of names) {
      const file = join(bench.root, "etc", name);
      if (!existsSync(file)) writeFileSync(file, "original\n", { mode: 0o640 });
      linkSync(file, join(bench.outside, name.replaceAll("/", "-")));
    }
    const before = new Map(
      readdirSync(bench.outside).map((name) => {
        const path = join(bench.outside, name);
        const { mode, uid } = statSync(path);
        return [path, { mode, uid, text: readFileSync(path, "utf8") }] as const;
      }),
    );
    const report = await bench.bake({
      users: [aUser("core")],
      files: [
        aFile("/etc/append", { append: [inline("more\n")] }),
        aFile("/etc/mode", { mode: 0o4711 }),
        aFile("/etc/owner", { user: { id: 77 } }),
        aFile("/etc/overwrite", { contents: inline("new\n"), overwrite: true }),
      ],
      units: [{ name: "a.service", contents: "[Unit]\n", dropins: [], origin: lineOf(1) }],
    });
    assert.deepEqual(told(report), []);
    for (const [path, { mode, uid, text }] of before) {
      const now = statSync(path);
      assert.deepEqual([now.mode, now.uid, readFileSync(path, "utf8")], [mode, uid, text], path);
    }
    const seen = bench.see();
    assert.equal(seen.get("/etc/append")?.mode, 0o640);
    assert.equal(seen.get("/etc/append")?.sha256, sha256("original\nmore\n"));
    assert.equal(seen.get("/etc/mode")?.mode, 0o4711);
    assert.equal(seen.get("/etc/owner")?.uid, 77);
  });
});
