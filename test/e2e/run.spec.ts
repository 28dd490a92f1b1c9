/** `slipway run` for people: a console, a second disk, and a way in by ssh. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { before, describe, it } from "mocha";
import {
  baseRelease,
  type BaseRelease,
  requireRoot,
  scratchDirectory,
  SLIPWAY,
} from "../support/release.ts";

/** The first line of what listens there; undefined while nobody does. */
const greeting = async (port: number): Promise<string | undefined> => {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(20_000, () => socket.destroy());
  try {
    for await (const chunk of socket) return String(chunk).split("\r\n")[0];
  } catch {
    // QEMU takes the connection and drops it until the guest listens.
  }
  return undefined;
};

describe("slipway run with --ssh and --add-disk", function () {
  this.timeout("15m");
  requireRoot();
  const scratch = scratchDirectory("run-ssh");
  let release: BaseRelease;

  before("build the release", async () => {
    release = await baseRelease();
  });

  it("says how to get in, lets ssh through, shows the console and ends when it is told", async () => {
    const data = path.join(scratch, "data.raw");
    writeFileSync(data, "");
    truncateSync(data, 64 * 2 ** 20);
    const key = path.join(scratch, "key.pub");
    writeFileSync(key, `ssh-ed25519 ${Buffer.alloc(51, 7).toString("base64")} somebody\n`);
    const [program, ...args] = SLIPWAY;
    const options = ["--ssh", "--ssh-key", key, "--add-disk", data];
    const child = spawn(program, [...args, "run", release.x86_64, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [said, console_] = ["", ""];
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stdout.setEncoding("utf8").on("data", (text: string) => (console_ += text));
    const ended = once(child, "close");
    try {
      let found: string | undefined;
      while (found === undefined && child.exitCode === null) {
        await sleep(2000);
        const port = /ssh -p (\d+) .*root@127\.0\.0\.1/.exec(said)?.[1];
        if (port !== undefined) found = await greeting(Number(port));
      }
      assert.match(found ?? said, /^SSH-2\.0-/);
      assert.match(console_, /vdb/);
    } finally {
      child.kill("SIGINT");
      await ended;
    }
  });
});
