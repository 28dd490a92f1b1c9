import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { mortalCommand, sandboxCommand } from "../../src/tools/sandbox.ts";

const command = { argv: ["mkfs.erofs", "/a b"], purpose: "testing" } as const;

const followedBy = (argv: readonly string[], ...words: readonly string[]): boolean =>
  argv.some((_, index) => words.every((word, at) => argv[index + at] === word));

describe("sandbox", () => {
  it("has no network, a read-only tree and an empty environment unless asked", () => {
    const { argv } = sandboxCommand("/tools", command);
    assert.equal(argv[0], "bwrap");
    assert.ok(argv.includes("--unshare-net"));
    assert.ok(argv.includes("--clearenv"));
    assert.ok(followedBy(argv, "--ro-bind", "/tools/usr", "/usr"));
    assert.ok(!argv.includes("--bind"));
    assert.deepEqual(argv.slice(-3), ["--", "mkfs.erofs", "/a b"]);
  });

  it("shows what is named, writable or not, and passes the command's own environment", () => {
    const { argv } = sandboxCommand(
      "/tools",
      { ...command, env: { SOURCE_DATE_EPOCH: "7" }, cwd: "/out" },
      { writable: ["/out"], readable: ["/in"], network: true },
    );
    assert.ok(followedBy(argv, "--bind", "/out", "/out"));
    assert.ok(followedBy(argv, "--ro-bind", "/in", "/in"));
    assert.ok(followedBy(argv, "--setenv", "SOURCE_DATE_EPOCH", "7"));
    assert.ok(followedBy(argv, "--chdir", "/out"));
    assert.ok(!argv.includes("--unshare-net"));
  });

  it("catches writes to the tree in the scratch directory, never in the tree", () => {
    const { argv } = sandboxCommand("/tools", command, { scratch: "/s" });
    assert.equal(argv[0], "unshare");
    assert.ok(followedBy(argv, "--bind", "/s/merged/usr", "/usr"));
    assert.ok(!argv.includes("/tools/usr"));
  });
});

describe("a program of the host's", () => {
  it("ends with us, sees the host as it is, and keeps its own environment", () => {
    const { argv, env } = mortalCommand({ ...command, env: { HOME: "/h" } });
    assert.equal(argv[0], "bwrap");
    assert.ok(argv.includes("--die-with-parent") && argv.includes("--unshare-pid"));
    assert.ok(followedBy(argv, "--dev-bind", "/", "/"));
    assert.ok(!argv.includes("--clearenv") && !argv.includes("--unshare-net"));
    assert.deepEqual([env, argv.slice(-3)], [{ HOME: "/h" }, ["--", "mkfs.erofs", "/a b"]]);
  });
});
