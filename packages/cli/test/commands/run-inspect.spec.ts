import assert from "node:assert/strict";
import type { BootOptions, ReleaseDescription } from "@slipway/composer";
import { HostError } from "@slipway/host";
import { describe, it } from "mocha";
import { aTerminal } from "../support/a-terminal.ts";
import { runInMemory, type Setting } from "../support/a-world.ts";

describe("slipway run", () => {
  const outcome = {
    kind: "command",
    exitStatus: 7,
    stdout: "hello\n",
    stderr: "oops\n",
    state: "running",
    timings: { settledMs: 1, commandMs: 2, totalMs: 3 },
  } as const;
  const booting = (seen: BootOptions[] = []): Setting["composer"] & object => ({
    bootMachine: async (options) => {
      seen.push(options);
      options.onMessage("no KVM");
      if (options.command === undefined) return { kind: "terminal", exitStatus: 0 };
      options.onStdout(Buffer.from("hello\n"));
      options.onStderr(Buffer.from("oops\n"));
      return outcome;
    },
  });

  it("prints what the command prints, and ends with its status", async () => {
    const seen: BootOptions[] = [];
    const { status, stdout, stderr } = await runInMemory(
      [
        "run",
        "d",
        "--exec",
        "echo hello",
        "--timeout",
        "9",
        "--memory",
        "512",
        "--disk-size",
        "3G",
        "--keep",
      ],
      { composer: booting(seen) },
    );
    assert.deepEqual([status, stdout], [7, "hello\n"]);
    assert.equal(stderr, "machine: started, coming up\nno KVM\noops\nmachine: done in 0.0 s\n");
    const [options] = seen;
    assert.deepEqual(
      [
        options?.target,
        options?.command,
        options?.timeoutMs,
        options?.memoryMib,
        options?.diskBytes,
        options?.keep,
      ],
      ["/project/d", "echo hello", 9000, 512, 3 * 1024 ** 3, true],
    );
  });

  it("prints one document for a program, and nothing else", async () => {
    const args = ["run", "d", "--exec", "x", "--json"];
    const { status, stdout } = await runInMemory(args, { composer: booting() });
    assert.equal(status, 7);
    const { kind: _, ...document } = outcome;
    assert.deepEqual(JSON.parse(stdout), document);
  });

  it("puts nothing of ours between the guest's lines on a terminal", async () => {
    const terminal = aTerminal(80);
    await runInMemory(["run", "d", "--exec", "x"], {
      composer: booting(),
      isTerminal: true,
      terminal,
      environment: { TERM: "xterm" },
    });
    assert.deepEqual(terminal.lines(), ["no KVM", "hello", "oops"]);
  });

  it("leaves the terminal to the guest", async () => {
    const { status, stdout, stderr } = await runInMemory(["run", "d"], {
      composer: booting(),
      isTerminal: true,
      environment: { TERM: "xterm" },
    });
    assert.deepEqual([status, stdout, stderr], [0, "", "no KVM\n"]);
  });

  it("fails when the guest's output cannot be written", async () => {
    const { status } = await runInMemory(["run", "d", "--exec", "x"], {
      composer: booting(),
      writeData: async () => {
        throw new HostError("OUTPUT_FAILED", "full");
      },
    });
    assert.equal(status, 1);
  });
});

describe("slipway inspect", () => {
  const inspecting = (problems: readonly string[]): Setting["composer"] & object => ({
    inspectRelease: async (directory) =>
      // Only what the command itself looks at.
      ({ directory, problems }) as unknown as ReleaseDescription,
    presentRelease: ({ directory }) => `release in ${directory}\n`,
  });

  it("prints the release for people or for programs", async () => {
    const composer = inspecting([]);
    assert.deepEqual(await runInMemory(["inspect", "d"], { composer }), {
      status: 0,
      stdout: "release in /project/d\n",
      stderr: "",
    });
    const { stdout } = await runInMemory(["inspect", "d", "--json"], { composer });
    assert.deepEqual(JSON.parse(stdout), { directory: "/project/d", problems: [] });
  });

  it("fails when the release contradicts itself", async () => {
    assert.equal((await runInMemory(["inspect", "d"], { composer: inspecting(["x"]) })).status, 1);
  });
});
