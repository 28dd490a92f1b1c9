import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  formatVarConf,
  formatVarLine,
  isSayableTarget,
  parseTmpfiles,
} from "../../src/contract/tmpfiles.ts";

const owner = { uid: 5, gid: 7 };

describe("lines for an empty /var", () => {
  it("make nodes once, with owner and mode, and never change them", () => {
    assert.equal(
      formatVarLine({ kind: "directory", path: "/var/mail", mode: 0o2775, uid: 0, gid: 8 }),
      "d /var/mail :2775 :0 :8 -",
    );
    assert.equal(
      formatVarLine({ kind: "file", path: "/var/lib/x", mode: 0o44, ...owner }),
      "C /var/lib/x :0044 :5 :7 -",
    );
    assert.equal(
      formatVarLine({ kind: "symlink", path: "/var/run", target: "/run" }),
      "L /var/run - - - - /run",
    );
  });

  it("escape what tmpfiles.d(5) would take apart or expand", () => {
    assert.equal(
      formatVarLine({ kind: "directory", path: "/var/a b%c\"d'é\\e\n", mode: 0o755, ...owner }),
      "d /var/a\\x20b%%c\\x22d\\x27\\xc3\\xa9\\x5ce\\x0a :0755 :5 :7 -",
    );
    assert.equal(
      formatVarLine({ kind: "symlink", path: "/var/l", target: "a b%c" }),
      "L /var/l - - - - a b%%c",
    );
    assert.ok(isSayableTarget("a b"));
    for (const bad of [" a", "a ", "-", "a\nb"]) assert.ok(!isSayableTarget(bad));
  });

  it("are in the order of the paths, whatever order they came in", () => {
    const nodes = [
      { kind: "file", path: "/var/b/c", mode: 0o644, uid: 0, gid: 0 },
      { kind: "directory", path: "/var/b", mode: 0o755, uid: 0, gid: 0 },
      { kind: "symlink", path: "/var/a", target: "b" },
    ] as const;
    const conf = formatVarConf(nodes);
    assert.equal(formatVarConf(nodes.toReversed()), conf);
    assert.deepEqual(conf.match(/^[dCL] \S+/gm), ["L /var/a", "d /var/b", "C /var/b/c"]);
  });

  it("keep those of an earlier text", () => {
    const first = formatVarConf([
      { kind: "directory", path: "/var/opt", mode: 0o711, ...owner },
      { kind: "file", path: "/var/x y", mode: 0o600, ...owner },
    ]);
    const again = formatVarConf(
      [{ kind: "directory", path: "/var/opt", mode: 0o755, ...owner }],
      first,
    );
    assert.equal(again, first);
  });
});

describe("what other tmpfiles.d files make", () => {
  it("is found under /var, whatever the modifiers", () => {
    assert.deepEqual(
      parseTmpfiles(
        [
          "# d /var/no",
          "q /var/tmp 1777 root root 30d",
          "d$ /var/lib/systemd/network 0755 a b -",
          "L+! /var/lock - - - - ../run/lock",
          "f^ /var/log/wtmp 0664 root utmp -",
          'd "/var/with space" 0755',
          "d /var/x\\x20y/ -",
          "d /var/%m -",
          "z /var/log/journal 2755",
          "r! /var/gone",
          "d /run/x",
          "q /var 0755 - - -",
        ].join("\n"),
      ).map(({ path, makes }) => `${makes} ${path}`),
      [
        "directory /var/tmp",
        "directory /var/lib/systemd/network",
        "symlink /var/lock",
        "other /var/log/wtmp",
        "directory /var/with space",
        "directory /var/x y",
        "directory /var",
      ],
    );
  });
});
