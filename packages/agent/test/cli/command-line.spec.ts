import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { HostError } from "@slipway/host";
import { asksForHelp, commandHelp, HELP_COLUMNS } from "@slipway/host/command-line";
import { describe, it } from "mocha";
import { exitStatusOf, PROGRAM } from "../../src/cli/exit-status.ts";
import { overview } from "../../src/cli/overview.ts";
import { VERBS } from "../../src/cli/registry.ts";
import type { Registered } from "../../src/cli/verb.ts";
import { AgentError, type AgentErrorCode } from "../../src/errors.ts";
import { VERSION } from "../../src/version.ts";
import { aLook, say } from "./an-agent.ts";

/** Every verb of one word and of two. */
const allVerbs = async (): Promise<readonly Registered[]> => {
  const all = await Promise.all(
    VERBS.map(async (registered) => {
      const { verbs = [] } = await registered.load();
      return [
        registered,
        ...verbs.map((verb) => ({ ...verb, name: `${registered.name} ${verb.name}` })),
      ];
    }),
  );
  return all.flat();
};
const ALL = await allVerbs();

describe("the agent's verbs", () => {
  it("are those that operators and units rely on", () => {
    assert.equal(
      VERBS.map(({ name }) => name).join(" "),
      "status why check plan update rollback pin unpin pause resume forgive history health etc diff config factory-reset report support daemon task verdict loader internal",
    );
  });

  for (const { name, summary, load, audience } of ALL) {
    it(`${name} has usage, options, examples, and exit statuses`, async () => {
      const { help } = await load();
      assert.equal(help.summary, summary);
      assert.ok(
        help.usage.every((usage) => usage.startsWith(name)),
        help.usage.join(),
      );
      assert.ok(help.examples.length >= (audience === "hidden" ? 1 : 2));
      assert.ok(asksForHelp(help.options, ["-h"]));
      const text = commandHelp(help, PROGRAM);
      for (const option of Object.keys(help.options))
        assert.ok(text.includes(`--${option}`), option);
      for (const status of ["0 ", "1 ", "2 ", "75 ", "130 "])
        assert.match(text, new RegExp(`^  ${status} `, "m"));
      assert.doesNotMatch(text, /undefined| \n/);
    });
  }

  for (const { name, audience } of VERBS.filter((verb) => verb.audience === "operator")) {
    it(`${name} has --json for whoever is no person (${audience})`, async () => {
      const verb = ALL.find((one) => one.name === (name === "config" ? "config show" : name));
      assert.ok(Object.hasOwn((await verb?.load())?.help.options ?? {}, "json"));
    });
  }
});

describe("the agent's command line", () => {
  it("prints its version, which is its package's", async () => {
    const manifest: unknown = JSON.parse(
      readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"),
    );
    assert.equal((manifest as { version: string }).version, VERSION);
    assert.deepEqual(await say(["--version"]), {
      status: 0,
      stdout: `slipway-agent ${VERSION}\n`,
      stderr: "",
    });
  });

  it("prints its help as data, however it is asked for, and runs nothing", async () => {
    for (const args of [["--help"], ["-h"], ["help"]]) {
      const { status, stdout, stderr } = await say(args);
      assert.deepEqual([status, stderr, stdout], [0, "", overview()]);
    }
    for (const args of [
      ["rollback", "--help"],
      ["help", "rollback"],
      ["rollback", "--wrong", "-h"],
    ]) {
      const { status, stdout } = await say(args);
      assert.equal(status, 0);
      assert.match(stdout, /^Usage: slipway-agent rollback/m);
    }
    assert.match((await say(["config", "show", "-h"])).stdout, /slipway-agent config show/);
  });

  it("fits a narrow terminal, and names every verb but the hidden ones", () => {
    for (const line of overview().split("\n")) assert.ok(line.length <= HELP_COLUMNS, line);
    for (const { name, audience } of VERBS)
      assert.equal(overview().includes(`  ${name} `), audience !== "hidden", name);
  });

  const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^Keeps this node/],
    [["statsu"], /no verb 'statsu'\nhint: did you mean `slipway-agent status`\?/],
    [["explode"], /no verb 'explode'\nhint: `slipway-agent --help` lists them/],
    [["interna"], /no verb 'interna'\nhint: `slipway-agent --help`/],
    [["__proto__"], /no verb '__proto__'/],
    [["config", "shwo"], /no verb 'config shwo'\nhint: did you mean `slipway-agent config show`/],
    [["config"], /VERB is missing/],
    [["status", "now"], /'now' is not expected here/],
    [["status", "--jsn"], /no option '--jsn'\nhint: did you mean --json\?/],
    [["update", "2"], /'2' is not expected here/],
    [["update", "--to"], /--to needs a value/],
    [["rollback", "--accept-epoch", "x"], /--accept-epoch is 'x'/],
    [["rollback", "--reason", "a\nb"], /--reason is no line/],
    [["rollback", "--reason", "x".repeat(501)], /--reason is no line/],
    [["pin", "../x"], /VERSION is no version/],
    [["pin", "1", "2"], /'2' is one VERSION too many/],
    [["forgive"], /give VERSION or --all/],
    [["forgive", "1", "--all"], /give VERSION or --all/],
    [["history", "--limit", "0"], /--limit is '0'/],
    [["task", "stgae"], /did you mean stage/],
    [["task"], /TASK is missing/],
  ];
  for (const [args, message] of WRONG) {
    it(`refuses ${JSON.stringify(args)} with status 2`, async () => {
      const { status, stdout, stderr } = await say(args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  it("says what went wrong with its code and what to do, and exits by the code", async () => {
    const look = async (): Promise<never> => {
      throw new AgentError("LEDGER_UNUSABLE", "the ledger cannot be read", { hint: "look at it" });
    };
    assert.deepEqual(await say(["status"], { look }), {
      status: 1,
      stdout: "",
      stderr: "error [LEDGER_UNUSABLE]: the ledger cannot be read\nhint: look at it\n",
    });
    const debug = await say(["status", "--debug"], { look });
    assert.match(debug.stderr, /^\s+at /m);
  });

  it("ends with 130 where it was interrupted, and says that the node is whole", async () => {
    const abort = new AbortController();
    const look = async (): Promise<never> => {
      abort.abort();
      throw new HostError("ABORTED", "interrupted while x");
    };
    const { status, stderr } = await say(["status"], { look }, abort);
    assert.equal(status, 130);
    assert.match(stderr, /^interrupted: the node is whole/);
  });

  it("is quiet on standard error when all is well", async () => {
    assert.equal((await say(["status"], { look: async () => aLook() })).stderr, "");
  });
});

describe("the exit status", () => {
  const LATER: readonly AgentErrorCode[] = ["BUSY", "ON_PROBATION"];
  for (const code of LATER)
    it(`of ${code} is 75: it goes away by itself`, () => assert.equal(exitStatusOf(code), 75));
  for (const code of ["UNREACHABLE", "TOO_SLOW", "BAD_ANSWER", "SLOT_BUSY"])
    it(`of ${code} is 75: it may work in a moment`, () => assert.equal(exitStatusOf(code), 75));
  it("of refusals and of anything else is 1", () => {
    for (const code of ["FORBIDDEN", "BELOW_FLOOR", "TAMPERED", "EXPIRED", "ENOSPC", "toString"])
      assert.equal(exitStatusOf(code), 1, code);
    assert.equal(exitStatusOf(undefined), 1);
    assert.equal(exitStatusOf("USAGE"), 2);
  });
});
