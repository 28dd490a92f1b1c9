import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { superviseCommand, superviseTerminal } from "../../src/qemu/supervise.ts";
import { playProgram, settle } from "./a-program.ts";

const stopEvent = (reason: string): string =>
  `{"event": "SHUTDOWN", "data": {"guest": true, "reason": "${reason}"}}\n`;

const start = (signal?: AbortSignal) => {
  const clock = manualClock();
  const played = playProgram();
  const seen: string[] = [];
  const outcome = superviseCommand(
    played.program,
    {
      clock,
      timeoutMs: 300_000,
      consoleFile: "/dev/null",
      onStdout: (chunk) => seen.push(Buffer.from(chunk).toString()),
    },
    signal,
  );
  const [control, status, stdout, stderr] = played.guest;
  assert.ok(control && status && stdout && stderr);
  return { clock, played, outcome, seen, control, status, stdout, stderr };
};

describe("watching over a command in a guest", () => {
  it("answers its status, both outputs and how long everything took", async () => {
    const { clock, played, outcome, seen, control, status, stdout, stderr } = start();
    clock.advance(20_000);
    status.write("settled runn");
    status.write("ing\n");
    await settle();
    stdout.write("to stdout\n");
    stderr.write("to stderr\n");
    clock.advance(1000);
    status.write("exit 7\n");
    await settle();
    clock.advance(2000);
    control.write(stopEvent("guest-shutdown"));
    played.end(0);
    assert.deepEqual(await outcome, {
      exitStatus: 7,
      stdout: "to stdout\n",
      stderr: "to stderr\n",
      state: "running",
      timings: { settledMs: 20_000, commandMs: 21_000, totalMs: 23_000 },
    });
    assert.deepEqual(seen, ["to stdout\n"]);
    assert.equal(played.wasKilled(), false);
  });

  it("fails when the machine resets before the command has ended", async () => {
    const { played, outcome, control, status } = start();
    status.write("settled running\n");
    control.write(stopEvent("guest-reset"));
    await settle();
    played.end(0);
    await assert.rejects(outcome, {
      code: "MACHINE_RESET",
      message: /^the machine reset before the command finished\n/,
    });
  });

  it("fails with QEMU's own words when QEMU fails", async () => {
    const { played, outcome } = start();
    played.complain("qemu-system-x86_64: could not open disk\n");
    await settle();
    played.end(1);
    await assert.rejects(outcome, { code: "MACHINE_FAILED", message: /could not open disk/ });
  });

  it("ends a guest that does not come up, naming what it waits for", async () => {
    const { clock, played, outcome, status } = start();
    status.write("job 12 slow.service start running\n");
    await settle();
    clock.advance(300_000);
    await settle();
    assert.match(played.asked(), /"quit"/);
    played.end(0);
    await assert.rejects(outcome, {
      code: "MACHINE_TIMEOUT",
      message: /did not come up within 300 s\nunits it waits for:\n12 slow.service start running/,
    });
  });

  it("kills a QEMU that does not quit", async () => {
    const { clock, played, outcome, status } = start();
    status.write("settled running\n");
    await settle();
    clock.advance(300_000);
    await settle();
    assert.equal(played.wasKilled(), false);
    clock.advance(3000);
    await assert.rejects(outcome, {
      code: "MACHINE_TIMEOUT",
      message: /the command did not end within 300 s/,
    });
    assert.equal(played.wasKilled(), true);
  });

  it("keeps the command's status when the guest then hangs while powering off", async () => {
    const { clock, outcome, status } = start();
    status.write("settled degraded\nexit 3\n");
    await settle();
    clock.advance(60_000);
    await settle();
    clock.advance(3000);
    assert.equal((await outcome).exitStatus, 3);
  });

  it("ends the guest on an interrupt", async () => {
    const interrupt = new AbortController();
    const { played, outcome } = start(interrupt.signal);
    interrupt.abort(new Error("SIGINT"));
    await settle();
    assert.match(played.asked(), /"quit"/);
    played.end(0);
    await assert.rejects(outcome, { code: "ABORTED" });
  });

  it("survives a channel that breaks", async () => {
    const { played, outcome, control, status } = start();
    status.write("settled running\nexit 0\n");
    await settle();
    control.destroy();
    played.end(0);
    assert.equal((await outcome).exitStatus, 0);
  });
});

describe("watching over a guest on the terminal", () => {
  it("ends with the guest", async () => {
    const played = playProgram();
    const ended = superviseTerminal(played.program, manualClock(), undefined);
    played.end(0);
    assert.equal(await ended, 0);
  });

  it("tells why QEMU did not start", async () => {
    const played = playProgram();
    const ended = superviseTerminal(played.program, manualClock(), undefined);
    played.complain("no such machine\n");
    await settle();
    played.end(1);
    await assert.rejects(ended, { code: "MACHINE_FAILED", message: /no such machine/ });
  });
});
