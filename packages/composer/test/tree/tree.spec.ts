import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { scriptFailure } from "../../src/tree/compose.ts";
import { FIX_UPS, unexplained } from "../../src/tree/fix-ups.ts";
import { treeCommand } from "../../src/tree/mmdebstrap.ts";
import { aPackage } from "../lock/a-lock.ts";

describe("the command that composes a tree", () => {
  const request = {
    purpose: "testing",
    architecture: "aarch64",
    packages: [aPackage({ name: "udev", version: "257-1", architecture: "arm64" })],
    repository: "/project/repository",
    etc: "/project/etc",
    mode: "chrootless",
    epoch: 946_684_800,
  } as const;

  it("takes exactly the locked versions, from nothing but the local repository", () => {
    const { argv, env } = treeCommand(request, "/tree");
    assert.ok(argv.includes("--include=udev=257-1"));
    assert.ok(argv.includes("--architectures=arm64"));
    assert.ok(argv.includes("--mode=chrootless"));
    assert.deepEqual(argv.slice(-3), [
      "",
      "/tree",
      "deb [trusted=yes] copy:/project/repository ./",
    ]);
    assert.deepEqual(env, { SOURCE_DATE_EPOCH: "946684800" });
  });

  it("puts the pinned accounts in before anything is unpacked, when there are any", () => {
    const hook = '--setup-hook=mkdir -p "$1/etc" && cp /project/etc/* "$1/etc/"';
    assert.ok(treeCommand(request, "/tree").argv.includes(hook));
    const { argv } = treeCommand({ ...request, etc: undefined }, "/tree");
    assert.ok(!argv.some((word) => word.startsWith("--setup-hook")));
  });
});

describe("writes outside the tree", () => {
  it("are explained by the fix-ups of packages that are there, and by no other", () => {
    const escaped = [
      "/etc/ssl/certs/ca-certificates.crt",
      "/etc/surprise",
      "/usr/lib/udev/hwdb.bin",
    ];
    assert.deepEqual(unexplained(escaped, new Set(["ca-certificates", "udev"])), ["/etc/surprise"]);
    assert.deepEqual(unexplained(escaped, new Set(["udev"])), [
      "/etc/ssl/certs/ca-certificates.crt",
      "/etc/surprise",
    ]);
  });

  it("are not explained by a path that only begins like a known one", () => {
    const installed = new Set(["adduser", "udev"]);
    assert.deepEqual(unexplained(["/etc/passwd.new"], installed), ["/etc/passwd.new"]);
  });

  it("are explained with a reason", () => {
    for (const { package: name, why, explains } of FIX_UPS) {
      assert.ok(why.length > 20 && explains.length > 0, name);
    }
  });
});

describe("a maintainer script that fails", () => {
  it("is named with dpkg's words", () => {
    const failure = scriptFailure([
      "Setting up nginx-common (1.26.3-3) ...",
      "chown: invalid user: 'www-data:adm'",
      "dpkg: error processing package nginx-common (--configure):",
      " installed nginx-common package post-installation script subprocess returned error exit status 1",
      "dpkg: dependency problems prevent configuration of nginx:",
      "dpkg: error processing package nginx:amd64 (--configure):",
    ]);
    assert.deepEqual(failure?.packages, ["nginx-common", "nginx"]);
    assert.match(failure?.words.join("\n") ?? "", /invalid user: 'www-data:adm'/);
  });

  it("is not made up", () => {
    assert.equal(scriptFailure(["E: mmdebstrap failed to run"]), undefined);
  });
});
