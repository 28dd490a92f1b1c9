/** Configs baked into trees in a temporary directory. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "mocha";
import {
  ACCOUNTS,
  aFile,
  aLink,
  aUser,
  aWorkbench,
  inline,
  lineOf,
  local,
  told,
} from "../support/baking.ts";

const errors = (report: Parameters<typeof told>[0]): readonly string[] =>
  told(report).filter((line) => line.startsWith("error"));

describe("links in a tree", () => {
  it("never lead out of it", async () => {
    using bench = aWorkbench();
    symlinkSync(bench.outside, join(bench.root, "absolute"));
    symlinkSync("../outside", join(bench.root, "relative"));
    symlinkSync("../../../../../../../..", join(bench.root, "up"));
    const report = await bench.bake({
      directories: [{ path: "/absolute/d", mode: 0o777, origin: lineOf(1) }],
      files: [
        aFile("/relative/f", { contents: inline("x") }),
        aFile("/up/etc/f", { contents: inline("x") }),
      ],
      links: [aLink("/absolute/l", "/etc/shadow"), aLink("/h", "/up/up/etc/f", { hard: true })],
    });
    assert.deepEqual(errors(report), []);
    assert.deepEqual(readdirSync(bench.outside), []);
    const seen = bench.see();
    assert.equal(seen.get(`${bench.outside}/d`)?.mode, 0o777);
    assert.equal(seen.get("/outside/f")?.type, "file");
    assert.equal(seen.get("/etc/f")?.links, 2);
  });

  it("lead to other links as the kernel follows them, and no further than it may", async () => {
    using bench = aWorkbench([{ path: "/in/side", type: "dir", mode: 0o755 }]);
    symlinkSync("in/side", join(bench.root, "relative"));
    symlinkSync(bench.outside, join(bench.root, "absolute"));
    symlinkSync("../outside", join(bench.root, "up"));
    for (const name of ["relative", "absolute", "up"]) {
      symlinkSync(name, join(bench.root, `to-${name}`));
    }
    const well = await bench.bake({ files: [aFile("/to-relative/f", { contents: inline("x") })] });
    assert.deepEqual(errors(well), []);
    assert.equal(bench.see().get("/in/side/f")?.type, "file");
    const badly = await bench.bake({
      files: [aFile("/to-absolute/f"), aFile("/to-up/f")],
      units: [],
    });
    assert.deepEqual(errors(badly), [
      "error 1: /to-absolute/f: a link that another link leads to leads out of the tree at /absolute",
      "error 1: /to-up/f: a link that another link leads to leads out of the tree at /up/f",
    ]);
    assert.deepEqual(readdirSync(bench.outside), []);
  });

  it("may not go round, nor may a file be a parent", async () => {
    using bench = aWorkbench([{ path: "/file", type: "file", mode: 0o644 }]);
    symlinkSync("loop", join(bench.root, "loop"));
    const report = await bench.bake({
      files: [
        aFile("/loop/f", { contents: inline("x"), origin: lineOf(2) }),
        aFile("/file/f", { contents: inline("x"), origin: lineOf(3) }),
      ],
    });
    assert.deepEqual(told(report), [
      "error 2: /loop/f: too many symbolic links at /loop/f",
      "error 3: /file/f: a node that is no directory is in the way at /file",
    ]);
  });

  it("put in place of a directory while baking lead nowhere", async () => {
    using bench = aWorkbench([{ path: "/d", type: "dir", mode: 0o755 }]);
    let isSwapped = false;
    const report = await bench.bake(
      {
        files: [
          aFile("/d/a", { contents: inline("x"), user: { id: 5 } }),
          aFile("/d/b", { contents: inline("x"), mode: 0o666, user: { id: 5 } }),
          aFile("/d/sub/c", { contents: inline("x") }),
        ],
        units: [{ name: "a.service", contents: "x", dropins: [], origin: lineOf(1) }],
      },
      {
        ownership: {
          of: (path) => bench.ownership.of(path),
          set: (path, owner) => {
            bench.ownership.set(path, owner);
            if (isSwapped) return;
            isSwapped = true;
            renameSync(join(bench.root, "d"), join(bench.root, "moved"));
            symlinkSync(bench.outside, join(bench.root, "d"));
          },
        },
      },
    );
    assert.ok(isSwapped);
    assert.deepEqual(readdirSync(bench.outside), [], told(report).join("\n"));
  });

  it("are never removed through: the root stays", async () => {
    using bench = aWorkbench([{ path: "/keep", type: "file", mode: 0o644 }]);
    writeFileSync(join(bench.outside, "keep"), "");
    symlinkSync(bench.outside, join(bench.root, "l"));
    const report = await bench.bake({
      directories: [
        { path: "/l", overwrite: true, origin: lineOf(1) },
        { path: "/", overwrite: true, origin: lineOf(2) },
      ],
    });
    assert.deepEqual(told(report), ["error 2: /: the root itself is never removed at /"]);
    assert.deepEqual(readdirSync(bench.outside), ["keep"]);
    assert.ok(existsSync(join(bench.root, "keep")));
  });
});

describe("problems", () => {
  it("are reported all together, by position; after the first one nothing changes any more", async () => {
    using bench = aWorkbench([...ACCOUNTS, { path: "/etc/there", type: "file", mode: 0o644 }]);
    const report = await bench.bake({
      users: [aUser("core", { groups: ["wheel"], origin: lineOf(1) })],
      files: [
        aFile("/made", { contents: inline("x"), origin: lineOf(2) }),
        aFile("/etc/there", { contents: inline("x"), origin: lineOf(7) }),
        aFile("/mine", { user: { name: "core" }, origin: lineOf(5) }),
        aFile("/whose", { user: { name: "nobody-here" }, origin: lineOf(4) }),
        aFile("/local", { contents: { ...local("/no/such/file"), origin: lineOf(3) } }),
        aFile("/etc/there/below", { contents: inline("x"), origin: lineOf(6) }),
      ],
      units: [{ name: "a.service", contents: "x", dropins: [], origin: lineOf(8) }],
    });
    assert.deepEqual(told(report), [
      'error 1: group "wheel" of user core does not exist',
      "error 3: /local: /no/such/file does not exist",
      'error 4: /whose: there is no user "nobody-here"',
      "error 6: /etc/there/below: a node that is no directory is in the way at /etc/there",
      "error 7: /etc/there: a file is there at /etc/there",
    ]);
    assert.ok(!existsSync(join(bench.root, "made")));
    assert.ok(!existsSync(join(bench.root, "etc/systemd")));
    for (const { hint } of report.findings.slice(1)) assert.ok(hint !== undefined);
  });

  it("do not come from what an item would have cleared away", async () => {
    using bench = aWorkbench([{ path: "/d/x", type: "file", mode: 0o644 }]);
    const report = await bench.bake({
      directories: [{ path: "/d", overwrite: true, origin: lineOf(1) }],
      files: [
        aFile("/a", { contents: local("/no/such/file") }),
        aFile("/d/x", { contents: inline("new") }),
      ],
      links: [aLink("/d", "/elsewhere")],
    });
    assert.deepEqual(
      report.findings.map(({ message }) => message),
      ["two items make /d", "/a: /no/such/file does not exist"],
    );
  });

  it("are only warned of where the node will not see a file", async () => {
    using bench = aWorkbench();
    const report = await bench.bake({
      files: ["/run/x", "/tmp/x", "/boot/x", "/runny"].map((path) => aFile(path)),
    });
    assert.deepEqual(
      report.findings.map(({ level, rule }) => `${level} ${rule}`),
      Array.from({ length: 3 }, () => "warning node-not-kept"),
    );
  });

  it("in an account database are named by line, and no account is made", async () => {
    using bench = aWorkbench([
      ...ACCOUNTS,
      { path: "/etc/passwd", type: "file", contents: "root:x:0:0::/root:/bin/sh\nbroken\n" },
    ]);
    const report = await bench.bake({ users: [aUser("core")] });
    assert.deepEqual(told(report), ["error 0: /etc/passwd:2: has 1 fields, not 7"]);
  });
});

describe("baking", () => {
  it("does not depend on the umask", async () => {
    const umask = process.umask(0o077);
    try {
      using bench = aWorkbench([...ACCOUNTS]);
      chmodSync(join(bench.root), 0o755);
      await bench.bake({
        directories: [{ path: "/a/b", origin: lineOf(1) }],
        files: [aFile("/c/d", { contents: inline("x") }), aFile("/e", { mode: 0o4775 })],
        users: [aUser("core", { sshAuthorizedKeys: ["k"] })],
        units: [
          { name: "a.service", contents: "x", enabled: true, dropins: [], origin: lineOf(1) },
        ],
      });
      const seen = bench.see();
      const modes = [
        "/a",
        "/a/b",
        "/c",
        "/c/d",
        "/e",
        "/home",
        "/home/core",
        "/etc/systemd/system/a.service",
      ];
      assert.deepEqual(
        modes.map((path) => seen.get(path)?.mode?.toString(8)),
        ["755", "755", "755", "644", "4775", "755", "700", "644"],
      );
    } finally {
      process.umask(umask);
    }
  });

  it("stops when it is told to", async () => {
    using bench = aWorkbench();
    await assert.rejects(
      bench.bake({ files: [aFile("/a")] }, { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
  });

  it("leaves the same tree for the same config, wherever it runs", async () => {
    const trees = await Promise.all(
      [1, 2].map(async () => {
        using bench = aWorkbench(ACCOUNTS);
        await bench.bake({
          users: [aUser("b"), aUser("a", { groups: ["adm"] })],
          files: [aFile("/x/y", { contents: inline("z") })],
        });
        return [...bench.see()];
      }),
    );
    assert.deepEqual(trees[0], trees[1]);
  });
});
