import assert from "node:assert/strict";
import { scriptedExec } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { notifier, systemd, watchdogMs } from "../../src/daemon/systemd.ts";

describe("telling systemd", () => {
  it("is its own program's, with each line as one argument", async () => {
    const exec = scriptedExec([{}]);
    await notifier(
      exec,
      { NOTIFY_SOCKET: "/run/notify" },
      () => undefined,
    )("READY=1", "STATUS=a\nb");
    assert.deepEqual(exec.ran[0]?.argv, ["systemd-notify", "--", "READY=1", "STATUS=a b"]);
    assert.deepEqual(exec.ran[0]?.env, { NOTIFY_SOCKET: "/run/notify" });
  });

  it("is left out where nobody listens, and stops nothing where it fails", async () => {
    const exec = scriptedExec([{ exitCode: 1, stderr: "no" }]);
    const logged: string[] = [];
    await notifier(exec, {}, (line) => logged.push(line))("READY=1");
    assert.equal(exec.ran.length, 0);
    await notifier(exec, { NOTIFY_SOCKET: "@x" }, (line) => logged.push(line))("READY=1");
    assert.match(logged.join(), /systemd-notify failed/);
  });

  it("that is cut by the daemon's own stop is no error", async () => {
    const logged: string[] = [];
    const notify = notifier(scriptedExec([{ exitCode: 143 }]), { NOTIFY_SOCKET: "@x" }, (line) =>
      logged.push(line),
    );
    await notify("STOPPING=1");
    assert.deepEqual(logged, []);
  });

  for (const [environment, expected] of [
    [{}, undefined],
    [{ WATCHDOG_USEC: "300000000" }, 300_000],
    [{ WATCHDOG_USEC: "300000000", WATCHDOG_PID: "7" }, 300_000],
    [{ WATCHDOG_USEC: "300000000", WATCHDOG_PID: "8" }, undefined],
    [{ WATCHDOG_USEC: "1" }, 1000],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "1e9" }, undefined],
  ] as const) {
    it(`waits for a sign of life as ${JSON.stringify(environment)} says`, () =>
      assert.equal(watchdogMs(environment, 7), expected));
  }
});

describe("asking systemd", () => {
  it("starts and stops units by name", async () => {
    const exec = scriptedExec([{}, {}, {}]);
    const manager = systemd(exec);
    await manager.start("a.service", { timeoutMs: 1 });
    await manager.stop("a.service");
    await manager.reboot();
    assert.deepEqual(
      exec.ran.map(({ argv }) => argv.join(" ")),
      ["systemctl start a.service", "systemctl stop a.service", "systemctl --no-block reboot"],
    );
  });

  it("does not mind that nobody is there to be woken", async () => {
    const exec = scriptedExec([
      { exitCode: 1, stderr: "not loaded" },
      { exitCode: 1, stderr: "no" },
    ]);
    await systemd(exec).hangUp("a.service");
    await systemd(exec).startLater("a.service");
    assert.equal(exec.ran.length, 2);
  });
});
