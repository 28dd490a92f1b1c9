import assert from "node:assert/strict";
import { HostError } from "@slipway/host";
import { describe, it } from "mocha";
import { aRelease } from "./support/a-release.ts";
import { runInMemory, type Setting } from "./support/a-world.ts";

describe("the command line", () => {
  it("prints its version and help as data", async () => {
    assert.deepEqual(await runInMemory(["--version"]), {
      status: 0,
      stdout: "slipway 0.1.0\n",
      stderr: "",
    });
    for (const args of [["--help"], ["-h"], ["help"], ["--debug", "--help"]]) {
      const { status, stdout, stderr } = await runInMemory(args);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.match(stdout, /^Usage: slipway COMMAND/m);
    }
  });

  it("prints a command's help however it is asked for it, and runs nothing", async () => {
    for (const args of [
      ["build", "--help"],
      ["help", "build"],
      ["--help", "build"],
      ["build", "--wrong", "-h"],
    ]) {
      const { status, stdout, stderr } = await runInMemory(args);
      assert.deepEqual([status, stderr], [0, ""], args.join(" "));
      assert.match(stdout, /^Usage: slipway build FILE/m);
    }
  });

  it("asked for nothing, says on the screen what there is, and that this was no command", async () => {
    const { status, stdout, stderr } = await runInMemory([]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /^Commands:/m);
  });

  const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["biuld"],
      /^error \[USAGE\]: there is no command 'biuld'\nhint: did you mean `slipway build`\?\n$/,
    ],
    [["deploy"], /there is no command 'deploy'\nhint: `slipway --help` lists them/],
    [["help", "biuld"], /did you mean `slipway build`/],
    [["help", "build", "lock"], /'build' has no command 'lock'/],
    [["help", "keys", "list", "lock"], /'lock' is one COMMAND too many/],
    [["keys"], /VERB is missing/],
    [["keys", "lost"], /there is no command 'keys lost'\nhint: did you mean `slipway keys list`\?/],
    [["repo", "__proto__"], /there is no command 'repo __proto__'/],
    [["--halp"], /there is no option '--halp'\nhint: did you mean --help\?/],
    [["--version=1"], /--version takes no value/],
    [["-v"], /there is no option '-v'/],
    [["build"], /FILE is missing/],
    [["", "x"], /there is no command ''/],
    [["__proto__"], /there is no command '__proto__'/],
    [["toString"], /there is no command 'toString'/],
  ];
  for (const [args, message] of WRONG) {
    it(`refuses ${JSON.stringify(args)} with status 2`, async () => {
      const { status, stdout, stderr } = await runInMemory(args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }

  it("shows the place in the program when asked to", async () => {
    for (const args of [
      ["--debug", "biuld"],
      ["build", "--debug"],
    ]) {
      assert.match((await runInMemory(args)).stderr, /^\s+at /m);
    }
    assert.doesNotMatch(
      (await runInMemory(["build", "--", "a", "b", "--debug"])).stderr,
      /^\s+at /m,
    );
  });

  it("colours for terminals only, and not for those who want none", async () => {
    const coloured = async (setting: Setting) =>
      (await runInMemory(["x"], setting)).stderr.includes("\u001b[31m");
    const terminal = { isTerminal: true, environment: { TERM: "xterm" } };
    assert.ok(await coloured(terminal));
    assert.ok(!(await coloured({ ...terminal, isTerminal: false })));
    assert.ok(!(await coloured({ ...terminal, environment: { TERM: "xterm", NO_COLOR: "1" } })));
    assert.ok(await coloured({ ...terminal, environment: { TERM: "xterm", NO_COLOR: "" } }));
    assert.ok(!(await coloured({ ...terminal, environment: { TERM: "dumb" } })));
    assert.ok(!(await coloured({ ...terminal, environment: {} })));
  });

  it("fails when its data cannot be written", async () => {
    const { status, stderr } = await runInMemory(["schema"], {
      writeData: async () => {
        throw new HostError("OUTPUT_FAILED", "standard output cannot be written to");
      },
    });
    assert.equal(status, 1);
    assert.match(stderr, /OUTPUT_FAILED/);
  });
});

describe("an interrupt", () => {
  const interrupted = async (error: unknown, setting: Setting = {}) => {
    const abort = new AbortController();
    return runInMemory(["build", "good.yaml"], {
      ...setting,
      abort,
      composer: {
        buildReleases: ({ progress }) =>
          progress.task("tree", "", async () => {
            abort.abort(new Error("stopped by SIGINT"));
            throw error;
          }),
      },
    });
  };

  it("ends with 130 and says that nothing is left half-written", async () => {
    const { status, stdout, stderr } = await interrupted(
      new HostError("ABORTED", "interrupted while x"),
    );
    assert.deepEqual([status, stdout], [130, ""]);
    assert.deepEqual(stderr.split("\n"), [
      "tree: started",
      "stopping; once more stops at once",
      "tree: stopped after 0.0 s",
      "interrupted: nothing was left half-written",
      "",
    ]);
  });

  it("hides no other failure", async () => {
    const full = Object.assign(new Error("ENOSPC: full"), { code: "ENOSPC" });
    const { status, stderr } = await interrupted(full);
    assert.equal(status, 130);
    assert.match(stderr, /^error \[ENOSPC\]: full$/m);
  });

  it("that comes too late changes nothing", async () => {
    const abort = new AbortController();
    const { status, stdout } = await runInMemory(["build", "good.yaml"], {
      abort,
      composer: {
        buildReleases: async () => {
          abort.abort();
          return [aRelease()];
        },
      },
    });
    assert.equal(status, 0);
    assert.match(stdout, /^base 1/);
  });

  it("leaves a terminal without a trace of the display", async () => {
    const { stderr } = await interrupted(new HostError("ABORTED", "x"), {
      isTerminal: true,
      environment: { TERM: "xterm" },
    });
    assert.ok(stderr.endsWith("interrupted: nothing was left half-written\n"));
    // oxlint-disable-next-line no-control-regex -- the sequences that hide the cursor or change the screen
    assert.doesNotMatch(stderr, /\u001b\[\?(25|1049|7)[hl]/);
  });
});
