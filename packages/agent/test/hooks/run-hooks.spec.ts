/** Hooks as real programs: what they are told, how they end, and what they leave. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { linuxClock } from "@slipway/host";
import { afterEach, beforeEach, describe, it } from "mocha";
import { askHooks, tellHooks } from "../../src/hooks/run-hooks.ts";
import { ONE, TWO } from "../cli/an-agent.ts";
import { aScene, CALL, type Scene } from "./scene.ts";

const SHORT = { eachMs: 300, allMs: 40_000 };

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for is dead all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** A moment after it was told to end. */
const ends = async (pid: number): Promise<boolean> => {
  for (let look = 0; look < 100 && isAlive(pid); look += 1) await sleep(20);
  return !isAlive(pid);
};

describe("hooks", function () {
  this.timeout("60s");
  let scene: Scene = aScene();
  beforeEach(() => {
    scene = aScene();
  });
  afterEach(() => scene[Symbol.dispose]());
  const ask = (with_ = {}) => askHooks(scene.ports, scene.run(with_));
  const tell = (with_ = {}) => tellHooks(scene.ports, scene.run(with_));

  it("let everything go on where there are none", async () => {
    assert.equal(await ask(), undefined);
    assert.deepEqual([await tell(), scene.logged], [[], []]);
  });

  it("run in the order of their names, whatever directory they are in", async () => {
    scene.put("etc/pre-reboot.d/20-b", "echo b >>order");
    scene.put("usr/pre-reboot.d/30-c", "echo c >>order");
    scene.put("run/pre-reboot.d/10-a", "echo a >>order");
    scene.put("etc/pre-fetch.d/00-other", "echo other >>order");
    assert.equal(await ask(), undefined);
    assert.equal(scene.read("order"), "a\nb\nc\n");
  });

  it("stand for one of the same name in an earlier directory, or take it away", async () => {
    for (const name of ["10-same", "20-masked", "30-plain"])
      scene.put(`usr/pre-reboot.d/${name}`, `echo usr ${name} >>order`);
    scene.put("etc/pre-reboot.d/10-same", "echo etc >>order");
    symlinkSync("/dev/null", scene.at("etc/pre-reboot.d/20-masked"));
    scene.put("etc/pre-reboot.d/30-plain", "echo never >>order", 0o644);
    assert.equal(await ask(), undefined);
    assert.equal(scene.read("order"), "etc\n");
  });

  it("are not what editors leave about, nor directories; links to programs are", async () => {
    for (const name of [".hidden", "10-a~", "10-a.bak", "10-a.dpkg-old", "10 a"])
      scene.put(`etc/pre-reboot.d/${name}`, "echo never >>order");
    mkdirSync(scene.at("etc/pre-reboot.d/sub"), { mode: 0o755 });
    symlinkSync(scene.put("somewhere", "echo linked >>order"), scene.at("etc/pre-reboot.d/50-l"));
    assert.equal(await ask(), undefined);
    assert.equal(scene.read("order"), "linked\n");
  });

  it("are told what the contract says, and nothing of the agent's own", async () => {
    scene.put(
      "etc/pre-reboot.d/10-a",
      "cat /proc/$$/environ >exact; readlink /proc/self/fd/0 >input",
    );
    assert.equal(await ask({ limits: { eachMs: 7500, allMs: 40_000 } }), undefined);
    const told = scene
      .read("exact")
      .split("\0")
      .filter((entry) => entry !== "")
      .toSorted();
    assert.deepEqual(told, [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      `SLIPWAY_BOOTED_ROOTHASH=${ONE.roothash}`,
      "SLIPWAY_BOOTED_VERSION=1",
      "SLIPWAY_BY_HAND=0",
      "SLIPWAY_HOOK=pre-reboot",
      "SLIPWAY_HOOK_API=1",
      "SLIPWAY_IMAGE=edge",
      "SLIPWAY_REASON=update",
      `SLIPWAY_TARGET_ROOTHASH=${TWO.roothash}`,
      "SLIPWAY_TARGET_VERSION=2",
      "SLIPWAY_TIMEOUT_SECONDS=7",
    ]);
    assert.equal(scene.read("input"), "/dev/null\n");
  });

  it("hold the release with the last line that they wrote, and those behind are not asked", async () => {
    scene.put("etc/pre-reboot.d/10-a", "echo fine");
    scene.put(
      "etc/pre-reboot.d/20-b",
      "echo looking; printf 'two backups\\trun\\n\\n' >&2; exit 3",
    );
    scene.put("etc/pre-reboot.d/30-c", "echo never >>order");
    assert.deepEqual(await ask(), {
      code: "HOOK_HELD",
      message: "hook pre-reboot.d/20-b holds the release: two backups run",
      hint: "see `journalctl --unit slipway-hook@pre-reboot`; `slipway-agent update --skip-hooks` goes past it",
    });
    assert.ok(!existsSync(scene.at("order")));
    assert.deepEqual(scene.logged.slice(0, 2), [
      "pre-reboot.d/10-a: fine",
      "pre-reboot.d/10-a: passed",
    ]);
    assert.ok(scene.logged.includes("pre-reboot.d/20-b: two backups run"));
  });

  it("that end with 75 want to be asked again soon", async () => {
    scene.put("etc/pre-reboot.d/10-a", "echo the leader is being elected; exit 75");
    const hold = await ask();
    assert.equal(hold?.code, "HOOK_NOT_YET");
    assert.match(hold.message, /10-a wants to be asked again: the leader is being elected$/);
  });

  it("that cannot be started hold it too: nobody knows what they would have said", async () => {
    scene.put("etc/pre-reboot.d/10-a", "#!/nowhere/interpreter\n");
    assert.match(
      (await ask())?.message ?? "",
      /10-a holds the release: it could not be started: .*ENOENT/,
    );
    symlinkSync("/nowhere", scene.at("etc/pre-reboot.d/05-dangling"));
    const hold = await ask();
    assert.deepEqual(
      [hold?.code, /05-dangling cannot be looked at/.test(hold?.message ?? "")],
      ["HOOK_HELD", true],
    );
  });

  it("are ended after their time, with all that they have begun", async () => {
    scene.put(
      "etc/pre-reboot.d/10-a",
      "sh -c 'trap \"\" TERM; echo $$ >child; while :; do sleep 0.1; done' & echo waiting; wait",
    );
    const hold = await ask({ limits: { eachMs: 1000, allMs: 40_000 } });
    assert.match(hold?.message ?? "", /holds the release: it did not end within 1 s: waiting$/);
    assert.ok(await ends(Number(scene.read("child"))));
  });

  it("are killed where they do not want to end", async () => {
    scene.put("etc/pre-reboot.d/10-a", "trap '' TERM; echo $$ >own; while :; do sleep 0.1; done");
    assert.match((await ask({ limits: SHORT }))?.message ?? "", /did not end within/);
    assert.ok(await ends(Number(scene.read("own"))));
  });

  it("end when they end, whatever they leave running, which ends with them", async () => {
    scene.put("etc/pre-reboot.d/10-a", "sleep 600 & echo $! >left; echo done");
    const began = linuxClock.monotonicMs();
    assert.equal(await ask(), undefined);
    assert.ok(linuxClock.monotonicMs() - began < 10_000);
    assert.ok(await ends(Number(scene.read("left"))));
    assert.deepEqual(scene.logged, ["pre-reboot.d/10-a: done", "pre-reboot.d/10-a: passed"]);
  });

  it("are waited for no longer than their pipes, which one that has run away may hold", async () => {
    scene.put("etc/pre-reboot.d/10-a", "setsid sleep 600 & echo $! >left; sleep 0.1");
    const began = linuxClock.monotonicMs();
    assert.equal(await ask(), undefined);
    assert.ok(linuxClock.monotonicMs() - began < 10_000);
    // On a node that is systemd's, with the unit.
    process.kill(Number(scene.read("left")), "SIGKILL");
  });

  it("have a time together", async () => {
    for (const name of ["10-a", "20-b", "30-c"])
      scene.put(`etc/pre-reboot.d/${name}`, `echo ${name} >>order; sleep 0.4`);
    const limits = { eachMs: 20_000, allMs: 600 };
    assert.match((await ask({ limits }))?.message ?? "", /20-b holds the release: it did not end/);
    const troubles = await tell({ limits });
    assert.match(
      troubles.at(-1) ?? "",
      /^pre-reboot\.d\/30-c was not run: the time of all hooks was up$/,
    );
  });

  it("end when the agent is told to", async () => {
    scene.put("etc/pre-reboot.d/10-a", "echo $$ >own; sleep 600");
    const stop = new AbortController();
    const asked = ask({ signal: stop.signal });
    while (!existsSync(scene.at("own")) || scene.read("own") === "") await sleep(10);
    stop.abort();
    assert.match((await asked)?.message ?? "", /it was killed by SIGTERM$/);
  });

  it("fill neither journal nor memory with what they write", async () => {
    scene.put(
      "etc/pre-reboot.d/10-a",
      "yes 'a line like any other, and long enough to be one' | head -c 100000000; echo the last",
    );
    const before = process.memoryUsage().rss;
    assert.equal(await ask({ limits: { eachMs: 60_000, allMs: 60_000 } }), undefined);
    assert.ok(process.memoryUsage().rss - before < 150_000_000);
    assert.ok(scene.logged.length <= 1003, String(scene.logged.length));
    assert.match(scene.logged.at(-2) ?? "", /^pre-reboot\.d\/10-a: \d+ more lines are left out$/);
    // One line without an end is cut into pieces; control characters go.
    scene.logged.length = 0;
    scene.put(
      "etc/pre-reboot.d/10-a",
      "head -c 10000000 /dev/zero | tr '\\0' x; printf '\\n\\033[31mred\\n'; exit 1",
    );
    assert.match((await ask())?.message ?? "", /holds the release: \[31mred$/);
    for (const line of scene.logged) assert.ok(line.length < 1200);
  });

  it("without a say are all run, and what went wrong is told", async () => {
    scene.put("etc/verdict.d/10-a", "exit 1");
    scene.put(
      "etc/verdict.d/20-b",
      'echo "$SLIPWAY_VERDICT: $SLIPWAY_VERDICT_REASON: ${SLIPWAY_TARGET_VERSION-none}" >told',
    );
    const { target: _, ...call } = CALL;
    const verdict = { verdict: "bad", reason: "web does\nnot answer" } as const;
    assert.deepEqual(await tell({ call: { ...call, point: "verdict", verdict } }), [
      "verdict.d/10-a: it ended with 1",
    ]);
    assert.equal(scene.read("told"), "bad: web does not answer: none\n");
  });
});
