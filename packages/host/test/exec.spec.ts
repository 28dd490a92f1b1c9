/** What holds for every Exec, tried on the real one and on the fake. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "mocha";
import { type Command, type Exec, formatCommand, HostError, linuxExec } from "@slipway/host";
import { scriptedExec } from "@slipway/host/testing";

const script = (text: string): Command => ({
  argv: ["/bin/sh", "-c", text],
  purpose: "testing",
});

const failsWith =
  (code: string, details: Partial<HostError> = {}) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof HostError, String(error));
    assert.equal(error.code, code);
    for (const [name, value] of Object.entries(details)) {
      assert.deepEqual(error[name as keyof HostError], value, name);
    }
    return true;
  };

const implementations: readonly (readonly [
  string,
  (answer: { stdout?: string; stderr?: string; exitCode?: number }) => Exec,
])[] = [
  ["of this machine", () => linuxExec],
  ["from a script", (answer) => scriptedExec([answer])],
];

for (const [name, make] of implementations) {
  describe(`exec ${name}`, () => {
    it("answers with output and status", async () => {
      const exec = make({ stdout: "out\n", stderr: "err\n" });
      assert.deepEqual(await exec.run(script("echo out; echo err >&2")), {
        stdout: "out\n",
        stderr: "err\n",
        exitCode: 0,
      });
    });

    it("rejects another status than 0 with the last words of the program and the command to repeat", async () => {
      const exec = make({ stderr: "no such thing\n", exitCode: 3 });
      await assert.rejects(
        exec.run(script("echo no such thing >&2; exit 3")),
        failsWith("COMMAND_FAILED", {
          exitCode: 3,
          output: "no such thing",
          hint: "to see it again: /bin/sh -c 'echo no such thing >&2; exit 3'",
        }),
      );
    });

    it("takes a status for an answer where it is told to", async () => {
      const exec = make({ exitCode: 3 });
      assert.equal((await exec.run(script("exit 3"), { accept: [0, 3] })).exitCode, 3);
    });

    it("hands over lines as they are, the last one without its end too", async () => {
      const [out, err]: [string[], string[]] = [[], []];
      const exec = make({ stdout: "one\ntwo", stderr: "three\n" });
      await exec.run(script("printf 'one\\ntwo'; echo three >&2"), {
        onStdoutLine: (line) => out.push(line),
        onStderrLine: (line) => err.push(line),
      });
      assert.deepEqual([out, err], [["one", "two"], ["three"]]);
    });
  });
}

describe("exec of this machine", () => {
  it("gives programs a fixed environment and nothing of ours", async () => {
    process.env["SLIPWAY_TEST_LEAK"] = "leaked";
    try {
      const { stdout } = await linuxExec.run({ ...script("env"), env: { SOURCE_DATE_EPOCH: "7" } });
      assert.doesNotMatch(stdout, /leaked|HOME=/);
      assert.match(stdout, /^TZ=UTC$/m);
      assert.match(stdout, /^LC_ALL=C\.UTF-8$/m);
      assert.match(stdout, /^SOURCE_DATE_EPOCH=7$/m);
    } finally {
      delete process.env["SLIPWAY_TEST_LEAK"];
    }
  });

  it("passes arguments and input as they are", async () => {
    const { stdout } = await linuxExec.run({
      argv: ["/bin/sh", "-c", 'cat; printf %s "$1"', "sh", "$(id) 'x' \n"],
      purpose: "testing",
      stdin: "input\n",
    });
    assert.equal(stdout, "input\n$(id) 'x' \n");
  });

  it("says that a program is missing, and what for", async () => {
    await assert.rejects(
      linuxExec.run({ argv: ["/nowhere/mkfs.nothing"], purpose: "formatting the root" }),
      failsWith("COMMAND_MISSING", {
        message: "/nowhere/mkfs.nothing was not found while formatting the root",
      }),
    );
  });

  it("ends what takes too long", async () => {
    await assert.rejects(
      linuxExec.run({ argv: ["/bin/sleep", "60"], purpose: "testing", timeoutMs: 50 }),
      failsWith("COMMAND_TIMEOUT"),
    );
  });

  it("ends what is no longer wanted, and starts nothing that never was", async () => {
    const controller = new AbortController();
    const running = linuxExec.run(
      { argv: ["/bin/sleep", "60"], purpose: "testing" },
      { signal: controller.signal },
    );
    controller.abort(new Error("enough"));
    await assert.rejects(running, failsWith("ABORTED"));
    await assert.rejects(
      linuxExec.run(script("exit 0"), { signal: controller.signal }),
      failsWith("ABORTED"),
    );
  });

  it("ends what a program left behind too, even when it does not listen", async () => {
    const controller = new AbortController();
    const running = linuxExec.run(
      // The second one ignores SIGTERM and keeps our pipes open after the first has gone.
      script("(trap '' TERM; echo ready; sleep 60) & sleep 60"),
      { signal: controller.signal, onStdoutLine: () => controller.abort(new Error("enough")) },
    );
    await assert.rejects(running, failsWith("ABORTED"));
  });

  it("tells which signal ended a program, as a shell does", async () => {
    await assert.rejects(
      linuxExec.run(script("kill -9 $$")),
      failsWith("COMMAND_FAILED", { exitCode: 137 }),
    );
  });

  it("does not wait for a program to read its input", async () => {
    const stdin = "x".repeat(1024 * 1024);
    assert.equal((await linuxExec.run({ ...script("exit 0"), stdin })).exitCode, 0);
  });
});

describe("a scripted exec", () => {
  it("rejects whatever is not in its script, and remembers what ran", async () => {
    const exec = scriptedExec([{}]);
    await exec.run(script("one"));
    await assert.rejects(exec.run(script("two")), /not in the script: \/bin\/sh -c two/);
    assert.deepEqual(
      exec.ran.map((command) => command.argv[2]),
      ["one", "two"],
    );
  });
});

describe("a command as text", () => {
  it("can be given to a shell", () => {
    assert.equal(
      formatCommand({ argv: ["a", "b c", "it's", "", "-x=/y"] }),
      "a 'b c' 'it'\\''s' '' -x=/y",
    );
  });
});
