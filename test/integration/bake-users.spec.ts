/** Users and units, baked into trees in a temporary directory. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { ACCOUNTS, aUser, aWorkbench, lineOf, told } from "../support/baking.ts";
import { sha256 } from "../support/tree-picture.ts";

describe("users", () => {
  const HOME = [
    ...ACCOUNTS,
    { path: "/etc/subuid", type: "file", mode: 0o644 },
    { path: "/etc/skel/.config/x", type: "file", mode: 0o600, contents: "skeleton" },
    { path: "/etc/skel/.profile", type: "file", mode: 0o644, contents: "profile" },
    { path: "/etc/skel/.link", type: "link", target: ".profile" },
    { path: "/home", type: "link", target: "var/home" },
    { path: "/var/home/old", type: "dir", mode: 0o700, uid: 1001, gid: 1001 },
    { path: "/var/home/old/mine", type: "file", mode: 0o600, uid: 1001, gid: 1001 },
    { path: "/var/home/old/theirs", type: "file", mode: 0o600 },
  ] as const;

  it("get homes from the skeleton, below where the links lead, and their keys", async () => {
    using bench = aWorkbench(HOME);
    const report = await bench.bake({
      users: [
        aUser("core", { groups: ["adm"], sshAuthorizedKeys: ["ssh-ed25519 A", "ssh-ed25519 B"] }),
      ],
    });
    assert.deepEqual(told(report), []);
    const seen = bench.see();
    const home = [...seen].filter(([path]) => path.startsWith("/var/home/core"));
    assert.deepEqual(
      home.map(([path, { mode, target }]) => [path.slice(14), mode?.toString(8) ?? target]),
      [
        ["", "700"],
        ["/.config", "755"],
        ["/.config/x", "600"],
        ["/.link", ".profile"],
        ["/.profile", "644"],
        ["/.ssh", "700"],
        ["/.ssh/authorized_keys.d", "700"],
        ["/.ssh/authorized_keys.d/ignition", "600"],
      ],
    );
    assert.ok(home.every(([, { uid, gid }]) => uid === 1002 && gid === 1002));
    assert.equal(
      seen.get("/var/home/core/.ssh/authorized_keys.d/ignition")?.sha256,
      sha256("ssh-ed25519 A\nssh-ed25519 B\n"),
    );
    assert.deepEqual([seen.get("/etc/shadow")?.mode, seen.get("/etc/shadow")?.gid], [0o640, 42]);
    assert.equal(readFileSync(join(bench.root, "etc/subuid"), "utf8"), "core:100000:65536\n");
    assert.ok(!existsSync(join(bench.root, "etc/subgid")));
    assert.deepEqual(report.accounts.users["core"]?.config, true);
    assert.equal(report.accounts.users["old"]?.config, undefined);
  });

  it("keep a home that is there", async () => {
    using bench = aWorkbench([...HOME, { path: "/var/home/core/x", type: "file", mode: 0o644 }]);
    assert.deepEqual(told(await bench.bake({ users: [aUser("core")] })), []);
    assert.deepEqual(readdirSync(join(bench.root, "var/home/core")), ["x"]);
  });

  it("move, and take what is theirs along", async () => {
    using bench = aWorkbench(HOME);
    const report = await bench.bake({ users: [aUser("old", { homeDir: "/home/new", uid: 2000 })] });
    assert.deepEqual(told(report), []);
    const seen = bench.see();
    assert.equal(seen.get("/var/home/new/mine")?.uid, 2000);
    assert.equal(seen.get("/var/home/new/mine")?.gid, 1001);
    assert.equal(seen.get("/var/home/new/theirs")?.uid, 0);
    assert.ok(!seen.has("/var/home/old"));
  });

  it("go with their home, unless it is not theirs", async () => {
    using bench = aWorkbench(HOME);
    const gone = await bench.bake({ users: [aUser("old", { shouldExist: false })] });
    assert.deepEqual(told(gone), []);
    assert.ok(!existsSync(join(bench.root, "var/home/old")));

    using other = aWorkbench([
      ...HOME.slice(0, -3),
      { path: "/var/home/old", type: "dir", mode: 0o755 },
    ]);
    const kept = await other.bake({ users: [aUser("old", { shouldExist: false })] });
    assert.match(told(kept)[0] ?? "", /does not belong to the user/);
  });

  it("get keys only where they may write", async () => {
    using bench = aWorkbench([...HOME, { path: "/srv/app", type: "dir", mode: 0o755 }]);
    const report = await bench.bake({
      users: [
        aUser("app", { homeDir: "/srv/app", noCreateHome: true, sshAuthorizedKeys: ["k"] }),
        aUser("root", { sshAuthorizedKeys: ["k"] }),
      ],
    });
    assert.deepEqual(told(report), [
      "error 1: user app: user id 1002 may not write there at /srv/app",
    ]);
    assert.ok(existsSync(join(bench.root, "root/.ssh/authorized_keys.d/ignition")));
  });
});

describe("units", () => {
  const unit = (name: string, enabled: boolean) => ({
    name,
    enabled,
    dropins: [],
    origin: lineOf(1),
  });
  const shipped = "[Service]\n[Install]\nWantedBy=multi-user.target\n";

  it("are disabled by a line only if something would enable them", async () => {
    using bench = aWorkbench([
      { path: "/usr/lib/systemd/system/on.service", type: "file", contents: shipped },
      { path: "/usr/lib/systemd/system/off.service", type: "file", contents: shipped },
      { path: "/usr/lib/systemd/system/preset.service", type: "file", contents: shipped },
      { path: "/usr/lib/systemd/system/static.service", type: "file", contents: "[Service]\n" },
      { path: "/usr/lib/systemd/system/t@.service", type: "file", contents: shipped },
      {
        ...{ path: "/usr/lib/systemd/system-preset/80-slipway.preset", type: "file" },
        contents: "enable preset.service\ndisable *\n",
      },
      {
        ...{ path: "/etc/systemd/system/multi-user.target.wants/on.service", type: "link" },
        target: "/usr/lib/systemd/system/on.service",
      },
      {
        ...{ path: "/etc/systemd/system/multi-user.target.wants/t@a.service", type: "link" },
        target: "/usr/lib/systemd/system/t@.service",
      },
      {
        path: "/etc/systemd/system/alias.service",
        type: "link",
        target: "/usr/lib/systemd/system/on.service",
      },
      { path: "/etc/systemd/system/masked.service", type: "link", target: "/dev/null" },
    ]);
    const names = ["on", "off", "preset", "static", "missing", "masked", "t@a", "t@b"];
    const report = await bench.bake({ units: names.map((name) => unit(`${name}.service`, false)) });
    assert.deepEqual(told(report), []);
    assert.equal(
      readFileSync(join(bench.root, "etc/systemd/system-preset/20-ignition.preset"), "utf8"),
      "disable on.service\ndisable preset.service\ndisable static.service\ndisable t@.service a b\n",
    );
    assert.deepEqual(readdirSync(join(bench.root, "etc/systemd/system")), ["masked.service"]);
  });
});
