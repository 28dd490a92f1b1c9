import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { openSession } from "../../src/qemu/session.ts";
import { playProgram, settle } from "./a-program.ts";

const start = () => {
  const clock = manualClock();
  const played = playProgram();
  const session = openSession(played.program, clock);
  const [control, console_, shell] = played.guest;
  assert.ok(control && console_ && shell);
  let asked = "";
  shell.on("data", (chunk: Buffer) => {
    asked += chunk.toString();
  });
  return { clock, played, session, control, console_, shell, asked: () => asked };
};

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a machine that a test talks with", () => {
  it("answers commands in their order", async () => {
    const { session, shell, asked } = start();
    shell.write("up running boot-1\n");
    assert.deepEqual(await session.up(), { state: "running", bootId: "boot-1" });
    const outcome = session.run("false");
    await settle();
    assert.equal(asked(), `${base64("false")}\n`);
    shell.write(`done 1 = =${base64("no\n")}\n`);
    assert.deepEqual(await outcome, { status: 1, stdout: "", stderr: "no\n" });
  });

  it("forgets what was said before a reset, and waits for the boot after it", async () => {
    const { session, control, shell } = start();
    shell.write("up running boot-1\n");
    await settle();
    control.write('{"event": "WATCHDOG", "data": {"action": "reset"}}\n{"event": "RESET"}\n');
    await session.reset();
    assert.deepEqual([session.resets(), session.watchdogs()], [1, 1]);
    const up = session.up();
    shell.write("up running boot-2\n");
    assert.equal((await up).bootId, "boot-2");
  });

  it("waits for words on the console, however they come in", async () => {
    const { session, console_ } = start();
    const said = session.says(/Kernel (\w+)/);
    console_.write("Ker");
    console_.write("nel panic");
    assert.equal((await said)[1], "panic");
  });

  it("gives up after its time, with the console's last words and what the processors are at", async () => {
    const { clock, session, console_, control, played } = start();
    console_.write("stuck here\n");
    await settle();
    const up = session.up(60_000);
    clock.advance(60_000);
    await settle();
    assert.match(played.asked(), /"info registers -a".*"info lapic 0".*"info lapic 1"/s);
    const said =
      "CPU#0\r\nRAX=1 RBX=2\r\nRIP=12 RFL=202 HLT=1\r\nLVTT\t one-shot\r\nISR\t (none)\r\n";
    control.write(`${JSON.stringify({ return: said, id: 1 })}\n`);
    control.write('{"return": {}, "id": 2}\n{"error": {"desc": "no such processor"}, "id": 3}\n');
    await assert.rejects(up, {
      code: "MACHINE_TIMEOUT",
      message:
        /^not within 60 s: the system is up\n.*\nstuck here\nthe processors:\nCPU#0\nRIP=12 RFL=202 HLT=1\nLVTT\t one-shot\nISR\t \(none\)$/s,
    });
  });

  it("gives up although QEMU does not answer either", async () => {
    const { clock, session } = start();
    const up = session.up(60_000);
    clock.advance(60_000);
    await settle();
    clock.advance(5000);
    await assert.rejects(up, { code: "MACHINE_TIMEOUT", message: /console:\n$/ });
  });

  it("does not wait for a machine that has ended", async () => {
    const { played, session, control } = start();
    control.write('{"event": "SHUTDOWN", "data": {"reason": "guest-panic"}}\n');
    await settle();
    played.end(0);
    await assert.rejects(session.up(), { code: "MACHINE_RESET" });
    assert.equal(await session.off(), "panic");
  });

  it("asks QEMU, and hears its refusals", async () => {
    const { played, session, control } = start();
    const stopped = session.execute("stop");
    await settle();
    assert.match(played.asked(), /"execute":"stop"/);
    control.write('{"return": {}, "id": 1}\n');
    assert.deepEqual(await stopped, {});
    const refused = session.execute("nonsense");
    control.write('{"error": {"desc": "unknown"}, "id": 2}\n');
    await assert.rejects(refused, { code: "MACHINE_FAILED", message: /unknown/ });
  });
});
