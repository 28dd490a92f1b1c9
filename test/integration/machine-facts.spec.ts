/** What kind of machine this one is, by all that the agent asks: bounded, without what tells one machine from another, with a shell that finds nothing too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import process from "node:process";
import { askSystem, type MachineFacts, readMachineFacts } from "@slipway/agent";
import { describe, it } from "mocha";
import { run, succeeded } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const ASKING = `import { readMachineFacts } from "@slipway/agent";
process.stdout.write(JSON.stringify(await readMachineFacts()));`;

const secretsOfThisMachine = (): readonly string[] =>
  ["product_serial", "product_uuid", "chassis_serial", "board_serial"].flatMap((name) => {
    try {
      const text = readFileSync(`/sys/class/dmi/id/${name}`, "utf8").trim();
      return text.length < 8 ? [] : [text];
    } catch {
      return [];
    }
  });

describe("the facts of this machine", function () {
  this.timeout("60s");

  it("are the kernel's and what systeminformation adds", async () => {
    const facts = await readMachineFacts();
    assert.ok((facts.processors ?? 0) >= 1 && (facts.memoryBytes ?? 0) > 2 ** 20);
    for (const value of Object.values(facts))
      assert.ok(typeof value !== "string" || (value.length > 0 && value.length <= 120));
    const text = JSON.stringify(facts);
    for (const secret of secretsOfThisMachine()) assert.ok(!text.includes(secret));
    assert.doesNotMatch(text, /([0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}-[0-9a-f]{4}-/i);
  });

  describe("with lscpu", () => {
    requireTools("lscpu");

    it("have the cores of its processors", async () => {
      const { processorCores = 0, processorSockets = 0 } = await readMachineFacts();
      assert.ok(processorSockets >= 1 && processorCores >= processorSockets);
      assert.ok(processorCores <= cpus().length);
    });
  });

  it("are fewer where a shell finds no program, and are there", async () => {
    const argv = [process.execPath, "--conditions=@slipway/source", "--input-type=module"] as const;
    const { stdout } = succeeded(
      await run([...argv, "--eval", ASKING], { cwd: ROOT, env: { PATH: "/nowhere" } }),
    );
    const facts = JSON.parse(stdout) as MachineFacts;
    const { memoryBytes } = await readMachineFacts();
    assert.deepEqual([facts.memoryBytes, facts.chassis], [memoryBytes, undefined]);
  });

  it("are not waited for longer than told", async () => {
    assert.deepEqual(await askSystem(0), {
      system: undefined,
      chassis: undefined,
      cpu: undefined,
    });
  });
});
