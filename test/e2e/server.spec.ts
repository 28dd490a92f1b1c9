/** What makes a node a decent server, looked at on the real thing: a machine whose clock says 1980, and then panics. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import type { GuestDone, MachineSession } from "@slipway/composer/testing";
import { copyDisk, diskOf } from "../support/node-disk.ts";
import { bootNode, comesUpWhole } from "../support/node-machine.ts";
import {
  baseRelease,
  type BaseRelease,
  requireRoot,
  scratchDirectory,
} from "../support/release.ts";

/** Sections of the output, each behind a line with its name. */
const COMMANDS: Readonly<Record<string, string>> = {
  state:
    "systemctl is-system-running; systemctl --failed --no-legend; journalctl -b -p err --no-pager | tail",
  // Goes on beside the rest, and is waited for in the end.
  asked: "systemctl start --no-block network-online.target",
  clock: "date +%s; stat -c %Y /usr/lib/clock-epoch",
  identity:
    "cat /etc/machine-id /var/lib/slipway/machine-id /var/lib/slipway/node-id; hostname; hostnamectl --transient hostname",
  sshd: "sshd -T; stat -c '%a %U %n' /var/lib/slipway/ssh /var/lib/slipway/ssh/*",
  keys: "ls /etc/ssh | grep -c ssh_host_",
  // Files as a power cut may leave them: the key is made again, the ids are who the node was.
  torn: [
    "cp /var/lib/slipway/ssh/ssh_host_ed25519_key.pub /run/before.pub",
    "printf '' >/var/lib/slipway/ssh/ssh_host_ed25519_key",
    "printf '\\0\\0\\0' >/var/lib/slipway/node-id",
    "systemctl restart slipway-ssh-host-key slipway-identity && sshd -t && echo usable",
    "cmp -s /run/before.pub /var/lib/slipway/ssh/ssh_host_ed25519_key.pub || echo another",
    "cat /var/lib/slipway/node-id",
  ].join("; "),
  // As a disk may leave it: sshd does not start with it, and then gets another one.
  spoilt: [
    "printf '\\0\\0\\0' >/var/lib/slipway/ssh/ssh_host_ed25519_key",
    "systemctl restart ssh",
    "for i in $(seq 60); do if sshd -t; then break; fi; sleep 1; done",
    "for i in $(seq 60); do if systemctl -q is-active ssh; then break; fi; sleep 1; done",
    "systemctl is-active ssh; systemctl --failed --no-legend",
  ].join("; "),
  packages:
    "dpkg-query -l bash | tail -1; dpkg -l bash | tail -1; apt install x 2>&1; echo $?; command -v dpkg-deb update-alternatives; echo none",
  units: "systemd-analyze verify /usr/lib/systemd/system/slipway-*.service 2>&1; echo verified $?",
  masked:
    "systemctl list-unit-files --state=masked --no-legend | cut -d' ' -f1; ls /usr/lib/systemd/system-generators",
  journal:
    "journalctl --header | grep '^File path'; systemd-analyze cat-config systemd/journald.conf | grep ^SystemMaxUse",
  kernel:
    "stat -fc %T /sys/fs/cgroup; sysctl kernel.kptr_restrict kernel.yama.ptrace_scope kernel.sysrq fs.protected_regular net.ipv4.conf.all.rp_filter; cat /sys/module/efi_pstore/parameters/pstore_disable; wc -l </proc/swaps",
  ping: "setpriv --reuid 65534 --regid 65534 --clear-groups ping -c1 -W9 127.0.0.1 >/dev/null && echo pinged",
  filter: [
    "nft add table inet other",
    "systemctl start nftables && systemctl reload nftables && nft list tables",
    "systemctl stop nftables; nft list tables; systemctl is-active nftables",
  ].join("; "),
  agent: [
    "systemctl is-enabled slipway-agent.timer",
    "systemctl show -P After multi-user.target | grep -c slipway-agent",
    "systemctl start slipway-agent; systemctl is-active slipway-agent",
    'grep -E "^(CapEff|CapBnd|NoNewPrivs|Uid)" /proc/$(systemctl show -P MainPID slipway-agent)/status | tr "\\t" " "',
    "stat -c '%a %U %n' /var/lib/slipway/agent /run/slipway/agent",
    'grep -E "^(RssAnon|VmRSS)" /proc/$(systemctl show -P MainPID slipway-agent)/status | tr -s "\\t " " "',
  ].join("; "),
  // Without a network card: after a minute the target is reached, and nothing has failed.
  online: "systemctl start network-online.target && systemctl is-system-running",
};

/** What is still the same after a reboot, a line each. */
const WHO =
  "cat /etc/machine-id /var/lib/slipway/node-id /var/lib/slipway/ssh/ssh_host_ed25519_key.pub";

describe("a node as a server", function () {
  this.timeout("30m");
  requireRoot();
  const scratch = scratchDirectory("server");
  let release: BaseRelease;
  let machine: MachineSession;
  let outcome: GuestDone;
  const sections = new Map<string, readonly string[]>();
  const section = (name: string): readonly string[] => sections.get(name) ?? [];

  before("boot it", async () => {
    release = await baseRelease();
    const disk = await copyDisk(diskOf(release.x86_64), path.join(scratch, "disk.raw"));
    machine = await bootNode(disk, { now: new Date("1980-02-03T04:05:06Z") });
    await machine.up(10 * 60_000);
    const script = Object.entries(COMMANDS).map(
      ([name, command]) => `echo '## ${name}'; ${command}`,
    );
    outcome = await machine.run(script.join("\n"), 10 * 60_000);
    for (const part of outcome.stdout.split(/^## /m).slice(1)) {
      const [name = "", ...lines] = part.trimEnd().split("\n");
      sections.set(name, lines);
    }
  });

  after("switch it off", () => machine?.cut());

  it("is running, and nothing has failed", () => {
    assert.equal(
      section("state")[0],
      "running",
      `${section("state").join("\n")}\n${outcome.stderr}`,
    );
  });

  it("has a clock that is not before the release's date", () => {
    const [now, epoch] = section("clock").map(Number);
    const manifest: unknown = JSON.parse(
      readFileSync(path.join(release.x86_64, "manifest.json"), "utf8"),
    );
    assert.ok(typeof manifest === "object" && manifest !== null && "epoch" in manifest);
    assert.equal(epoch, manifest.epoch);
    assert.ok((now ?? 0) >= (epoch ?? Infinity), `${now} is before ${epoch}`);
  });

  it("keeps its identity, and is called by its node id when nobody names it", () => {
    const [machine, kept, node = "", name, transient] = section("identity");
    assert.match(machine ?? "", /^[0-9a-f]{32}$/);
    assert.equal(kept, machine);
    assert.match(node, /^[0-9a-f]{32}$/);
    assert.notEqual(node, machine);
    assert.deepEqual([name, transient], [`node-${node.slice(0, 8)}`, `node-${node.slice(0, 8)}`]);
  });

  it("gets another key for ssh when the disk has spoilt it", () => {
    assert.deepEqual(section("spoilt"), ["active"]);
  });

  it("lets in by ssh whoever has a key, and has one host key of its own on /var", () => {
    const sshd = section("sshd");
    for (const line of [
      "passwordauthentication no",
      "kbdinteractiveauthentication no",
      "permitemptypasswords no",
      "permitrootlogin without-password",
      "hostkey /var/lib/slipway/ssh/ssh_host_ed25519_key",
      "700 root /var/lib/slipway/ssh",
      "600 root /var/lib/slipway/ssh/ssh_host_ed25519_key",
    ]) {
      assert.ok(sshd.includes(line), line);
    }
    assert.equal(sshd.filter((line) => line.startsWith("hostkey ")).length, 1);
    assert.deepEqual(section("keys"), ["0"]);
  });

  it("survives torn files: another host key, the same node id", () => {
    assert.deepEqual(section("torn"), ["usable", "another", section("identity")[2]]);
  });

  it("says how to get a package instead of failing at one", () => {
    const [query, list, sentence = "", ...rest] = section("packages");
    assert.match(query ?? "", /^ii +bash /);
    assert.equal(list, query);
    assert.match(sentence, /^apt: this node is an image/);
    assert.deepEqual(rest.slice(2), ["1", "none"]);
  });

  it("has units of ours that systemd finds nothing wrong with", () => {
    assert.deepEqual(section("units"), ["verified 0"]);
  });

  it("has its agent, which no boot waits for, and which may do little and is small", () => {
    const [enabled, waited, active, ...rest] = section("agent");
    assert.deepEqual([enabled, waited, active], ["enabled", "0", "active"], outcome.stderr);
    assert.deepEqual(rest.slice(0, 6), [
      "Uid: 0 0 0 0",
      `CapEff: ${"0".repeat(16)}`,
      `CapBnd: ${"0".repeat(16)}`,
      "NoNewPrivs: 1",
      "700 root /var/lib/slipway/agent",
      "700 root /run/slipway/agent",
    ]);
    const [rss = Infinity, anonymous = Infinity] = rest
      .slice(6)
      .map((line) => Number(/ (\d+) kB$/.exec(line)?.[1]));
    assert.ok(rss <= 95 * 1024 && anonymous <= 35 * 1024, rest.slice(6).join(", "));
  });

  it("runs nothing else that writes the ESP, asks at the console or opens ways in", () => {
    const masked = section("masked");
    for (const unit of [
      "systemd-boot-random-seed.service",
      "systemd-boot-update.service",
      "systemd-firstboot.service",
      "systemd-hibernate-clear.service",
    ]) {
      assert.ok(masked.includes(unit), unit);
    }
    assert.ok(!masked.includes("systemd-ssh-generator"));
  });

  it("keeps a journal that has a bound", () => {
    const machine = section("identity")[0] ?? "";
    assert.ok(
      section("journal").includes(`File path: /var/log/journal/${machine}/system.journal`),
      section("journal").join("\n"),
    );
    assert.ok(section("journal").includes("SystemMaxUse=256M"));
  });

  it("has the kernel's settings of a container host, cgroup v2, pstore and no swap", () => {
    assert.deepEqual(section("kernel"), [
      "cgroup2fs",
      "kernel.kptr_restrict = 1",
      "kernel.yama.ptrace_scope = 1",
      "kernel.sysrq = 176",
      "fs.protected_regular = 2",
      "net.ipv4.conf.all.rp_filter = 2",
      "N",
      "1",
    ]);
    assert.deepEqual(section("ping"), ["pinged"]);
  });

  it("has a packet filter that leaves the tables of others alone", () => {
    const loaded = section("filter");
    assert.deepEqual(loaded.toSorted(), [
      "inactive",
      "table inet other",
      "table inet other",
      "table inet slipway",
    ]);
  });

  it("goes on without a network", () => {
    assert.deepEqual(section("online"), ["running"], outcome.stderr);
  });

  it("is the same node after a panic, and has kept the kernel's last words", async () => {
    const before = await machine.run(WHO);
    // Gone with the power unless it is written: a panic does not.
    machine.send("sync; echo c >/proc/sysrq-trigger");
    await machine.reset(1, 5 * 60_000);
    await comesUpWhole(machine);
    assert.equal((await machine.run(WHO)).stdout, before.stdout);
    const kept = await machine.run(
      "cd /var/lib/systemd/pstore && grep -rl 'sysrq triggered crash' .",
    );
    assert.match(kept.stdout, /dmesg/, `${kept.stderr}\n${machine.console().slice(-4000)}`);
    // Emptied, or the firmware's store would fill up.
    assert.equal((await machine.run("ls /sys/fs/pstore")).stdout, "");
  });
});
