import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isDpkgLeftover } from "../../src/contract/package-database.ts";
import { SYSTEM_PRESET, USER_PRESET } from "../../src/contract/presets.ts";
import { isCompiledPython, RUBBISH } from "../../src/contract/rubbish.ts";
import { retargetTmpfiles, WRITABLE_PLACES } from "../../src/contract/writable-places.ts";

/** Golden: nodes in the field rely on every one of these (ARCHITECTURE, section 5). */
describe("the contract's tables", () => {
  it("put the writable places where they are", () => {
    assert.deepEqual(
      WRITABLE_PLACES.map(({ path, target, place }) => [path, target, place]),
      [
        ["/home", "var/home", "/var/home"],
        ["/mnt", "var/mnt", "/var/mnt"],
        ["/opt", "var/opt", "/var/opt"],
        ["/root", "var/roothome", "/var/roothome"],
        ["/srv", "var/srv", "/var/srv"],
        ["/usr/local", "../var/usrlocal", "/var/usrlocal"],
      ],
    );
  });

  it("enable the base services and nothing else", () => {
    const lines = SYSTEM_PRESET.split("\n").filter((line) => !line.startsWith("#"));
    assert.deepEqual(lines.slice(-2), ["disable *", ""]);
    assert.deepEqual(
      lines.slice(0, -2).map((line) => line.replace(/^enable /, "")),
      [
        "dbus-broker.service",
        "fstrim.timer",
        "getty@.service",
        "machines.target",
        "remote-cryptsetup.target",
        "remote-fs.target",
        "slipway-*",
        "ssh.service",
        "systemd-network-generator.service",
        "systemd-networkd-wait-online.service",
        "systemd-networkd.service",
        "systemd-pstore.service",
        "systemd-resolved.service",
        "systemd-timesyncd.service",
      ],
    );
    assert.match(USER_PRESET, /\ndisable \*\n$/);
  });

  it("give every removal a reason, and take no directory as a whole that a node needs", () => {
    for (const { path, why } of RUBBISH) assert.ok(why.length > 10, path);
    const whole = RUBBISH.filter(({ take }) => take === "itself").map(({ path }) => path);
    for (const needed of [
      "/etc",
      "/usr",
      "/var",
      "/var/lib",
      "/var/log",
      "/var/cache",
      "/usr/share/doc",
    ]) {
      assert.ok(!whole.includes(needed), needed);
    }
    assert.ok(!RUBBISH.some(({ path }) => path.startsWith("/usr/share/common-licenses")));
  });
});

describe("tmpfiles.d files of packages", () => {
  it("name the writable places by where they are", () => {
    assert.equal(
      retargetTmpfiles(
        [
          "Q /home 0755 - - -",
          "d- /root/.ssh :0700 root :root -",
          'd "/opt/a b" 0755',
          "L+ /usr/local/x - - - - /home",
          "d /homework 0755",
          "# Q /home",
          "d /var/home 0755",
        ].join("\n"),
      ),
      [
        "Q /var/home 0755 - - -",
        "d- /var/roothome/.ssh :0700 root :root -",
        'd "/var/opt/a b" 0755',
        "L+ /var/usrlocal/x - - - - /home",
        "d /homework 0755",
        "# Q /home",
        "d /var/home 0755",
      ].join("\n"),
    );
  });
});

describe("the package database", () => {
  it("leaves behind what only its writer needs", () => {
    for (const path of [
      "lock",
      "lock-frontend",
      "triggers/Lock",
      "status-old",
      "updates/0001",
      "parts/x",
    ]) {
      assert.ok(isDpkgLeftover(path), path);
    }
    for (const path of [
      "status",
      "info/lock.list",
      "triggers/File",
      "updates",
      "diversions",
      "info/a.md5sums",
    ]) {
      assert.ok(!isDpkgLeftover(path), path);
    }
  });
});

describe("compiled Python", () => {
  it("is told by its name", () => {
    assert.ok(isCompiledPython("__pycache__") && isCompiledPython("a.pyc"));
    assert.ok(!isCompiledPython("a.py") && !isCompiledPython("pycache"));
  });
});
