/** A Butane document for Fedora CoreOS in an image of ours: its files, units and users in the booted machine. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { writeFcosNode } from "../support/fcos-node.ts";
import { answersOf, type Questions, questionScript } from "../support/guest.ts";
import { refused } from "../support/refusal.ts";
import { CACHE, requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { lockOf, RELEASE, writeSmallBase } from "../support/small-base.ts";
import { sha256 } from "../support/tree-picture.ts";

const QUESTIONS = {
  hostname: "hostname; cat /etc/hostname",
  greeting: "cat /etc/hello/greeting; stat -c ' %a %U %G' /etc/hello/greeting /etc/hello",
  unit: "systemctl is-active hello.service; systemctl is-enabled hello.service; cat /var/lib/hello.said",
  dropin: "systemctl show -p ExecStart --value serial-getty@ttyS0.service",
  mask: "systemctl is-enabled fstrim.timer",
  sysctl: "sysctl -n kernel.printk | cut -f1",
  core: "id -un 1000; id -Gn core; stat -c '%a %U' ~core/.ssh/authorized_keys.d/ignition",
  robot: "getent passwd robot; getent group engineers",
  localtime: "readlink /etc/localtime",
  tree: "cat /etc/motd.d/20-tutorial",
  failed: "systemctl list-units --failed --plain --no-legend",
} as const satisfies Questions;

/** What the document fetches: it differs from one test to another, and with the header it needs. */
const TEXT = "!\n";

describe("a Butane document for Fedora CoreOS", function () {
  this.timeout("15m");
  requireRoot();
  const scratch = scratchDirectory("fcos");
  const out = path.join(scratch, "out");
  let text = TEXT;
  let requests = 0;
  let server: Server;
  let definition = "";

  before("serve what it fetches", async () => {
    server = createServer((request, response) => {
      requests += 1;
      const isRight = request.headers["x-token"] === "tut0rial";
      response.writeHead(isRight ? 200 : 403).end(text);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    const project = path.join(scratch, "project");
    definition = writeSmallBase(project);
    writeFcosNode(project, `http://127.0.0.1:${port}`);
    const yaml = readFileSync(definition, "utf8");
    writeFileSync(definition, yaml.replace("[base.yaml]", "[base.yaml, node.bu]"));
  });
  after(() => {
    server?.close();
    rmSync(path.join(CACHE, "sources", sha256(TEXT)), { force: true });
  });

  before("build it", async () => {
    succeeded(await slipway("build", definition, "--out", out));
  });

  it("is what the machine has when it has booted", async () => {
    const guest = await slipway(
      ...["run", path.join(out, RELEASE), "--exec", questionScript(QUESTIONS)],
    );
    const answers = answersOf(QUESTIONS, guest);
    const said = (name: keyof typeof QUESTIONS): string => answers[name].output.trim();
    assert.equal(said("hostname"), "tutorial\ntutorial");
    assert.equal(said("greeting"), "Hello, world!\n 640 core engineers\n 750 root engineers");
    assert.equal(said("unit"), "active\nenabled\nHello, world!");
    assert.match(said("dropin"), /--autologin core/);
    assert.equal(said("mask"), "masked");
    assert.equal(said("sysctl"), "4");
    assert.equal(said("core"), "core\ncore adm engineers\n600 core");
    assert.equal(
      said("robot"),
      "robot:x:1500:1500:Deploys things:/home/robot:/usr/sbin/nologin\nengineers:x:2001:core",
    );
    assert.equal(said("localtime"), "../usr/share/zoneinfo/Europe/Zurich");
    assert.equal(said("tree"), "Mind the step.");
    assert.equal(said("failed"), "");
  });

  it("has what it fetched in its lock, and no header", () => {
    const lock = readFileSync(lockOf(definition), "utf8");
    assert.ok(lock.includes(`"size":2,"sha256":"${sha256(TEXT)}"`), lock.slice(0, 2000));
    assert.doesNotMatch(lock, /tut0rial/);
  });

  it("is built again without the server, and refuses what the server says now", async () => {
    const asked = requests;
    text = "?\n";
    const again = path.join(scratch, "again");
    const { stdout } = succeeded(
      await slipway("build", definition, "--out", again, "--locked", "--json"),
    );
    const built = JSON.parse(stdout) as { readonly roothash: string };
    const manifest = readFileSync(path.join(out, RELEASE, "manifest.json"), "utf8");
    assert.ok(manifest.includes(built.roothash));
    assert.equal(requests, asked);

    rmSync(path.join(CACHE, "sources", sha256(TEXT)));
    refused(await slipway("build", definition, "--out", again, "--locked"), {
      status: 1,
      code: "SOURCE_CHANGED",
      cause: /node\.bu:.*no longer gives what the lock names: its size or SHA-256 differs/,
      remedy: /remove the address from the lock/,
    });
  });
});
