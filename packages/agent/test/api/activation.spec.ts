/** A socket as systemd hands it over, by systemd's own program. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { requireTools } from "../../../../test/support/require-tools.ts";
import { assertAnswer } from "./schema.ts";

const answerOf = (socketPath: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path: "/v1/status", agent: false }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (piece: string) => (text += piece));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text }));
    }).on("error", reject);
  });

describe("a socket of systemd's", () => {
  requireTools("systemd-socket-activate");

  it("is served by its name, from the connection on that started the program", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "slipway-api-"));
    const socket = path.join(directory, "agent.sock");
    const program = path.join(import.meta.dirname, "activated.ts");
    const child = spawn(
      "systemd-socket-activate",
      [
        `--listen=${socket}`,
        "--fdname=api",
        ...[process.execPath, "--conditions=@slipway/source", program],
      ],
      { stdio: ["ignore", "ignore", "ignore"] },
    );
    const ended = once(child, "close");
    try {
      for (let waits = 0; waits < 500 && !existsSync(socket); waits += 1) await sleep(10);
      const said = await answerOf(socket);
      assert.equal(said.status, 200);
      assertAnswer(said, "get", "/v1/status");
      assert.equal((await answerOf(socket)).status, 200);
    } finally {
      child.kill("SIGTERM");
      await ended;
      await rm(directory, { recursive: true, force: true });
    }
  });
});
