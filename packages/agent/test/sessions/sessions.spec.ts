import assert from "node:assert/strict";
import { scriptedExec } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { decodeList, decodeSessions, MOST_SESSIONS } from "../../src/sessions/decode-sessions.ts";
import { sessionsFailure, warningText } from "../../src/sessions/session.ts";
import { sessions, warn } from "../../src/tasks/sessions.ts";
import { TWO } from "../cli/an-agent.ts";

/** As systemd 257 answers. */
const LIST = JSON.stringify([
  {
    session: "3",
    uid: 1000,
    user: "alice",
    seat: null,
    leader: 812,
    class: "user",
    tty: "pts/0",
    idle: false,
    since: null,
  },
  {
    session: "4",
    uid: 0,
    user: "root",
    seat: null,
    leader: 900,
    class: "manager",
    tty: null,
    idle: false,
    since: null,
  },
  {
    session: "c1",
    uid: 1001,
    user: "bob",
    seat: null,
    leader: 950,
    class: "user",
    tty: null,
    idle: false,
    since: null,
  },
]);

const block = (said: Readonly<Record<string, string>>): string =>
  Object.entries(said)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");

const SHOWN = [
  block({ Id: "3", Name: "alice", TTY: "pts/0", Remote: "yes", Class: "user", State: "active" }),
  block({ Id: "c1", Name: "bob", TTY: "", Remote: "yes", Class: "user", State: "online" }),
].join("\n\n");

describe("who is logged in", () => {
  it("is asked of logind, first which sessions there are and then whose", async () => {
    const exec = scriptedExec([{ stdout: LIST }, { stdout: SHOWN }]);
    const outcome = await sessions({ exec, log: () => undefined });
    assert.deepEqual(
      exec.ran.map(({ argv }) => argv),
      [
        ["loginctl", "list-sessions", "--json=short"],
        ["loginctl", "show-session", "--property=Id,Name,Class,TTY,Remote,State", "--", "3", "c1"],
      ],
    );
    assert.ok(outcome.kind === "failed");
    assert.deepEqual(
      [outcome.code, outcome.message],
      ["SESSIONS", "the restart waits for whoever is logged in: alice on pts/0 and bob"],
    );
  });

  it("is nobody where no session is a person's, and then nobody is asked about", async () => {
    for (const list of ["[]", JSON.stringify([{ session: "4", class: "manager" }])]) {
      const exec = scriptedExec([{ stdout: list }]);
      assert.deepEqual(await sessions({ exec, log: () => undefined }), { kind: "done" });
    }
  });

  it("is nobody where nobody can tell: a node without logind is updated too", async () => {
    for (const answer of [{ exitCode: 1, stderr: "no bus" }, { stdout: "{" }, { stdout: "{}" }]) {
      const logged: string[] = [];
      const exec = scriptedExec([answer]);
      assert.deepEqual(await sessions({ exec, log: (line) => logged.push(line) }), {
        kind: "done",
      });
      assert.match(logged.join(), /nobody can tell who is logged in/);
    }
  });

  it("is decoded within bounds", () => {
    const many = Array.from({ length: 500 }, (_, id) => ({ session: String(id), class: "user" }));
    assert.equal(decodeList(JSON.stringify(many)).length, MOST_SESSIONS);
    assert.deepEqual(
      decodeList('[null, 7, {}, {"session": "-x"}, {"session": "../1"}, {"session": "9"}]'),
      ["9"],
    );
    const good = {
      Id: "3",
      Name: "alice",
      TTY: "pts/0",
      Remote: "no",
      Class: "user",
      State: "active",
    };
    const decoded = (more: object): number => decodeSessions(block({ ...good, ...more })).length;
    for (const kind of ["user", "user-early", "user-light"])
      assert.equal(decoded({ Class: kind }), 1, kind);
    for (const more of [
      { Class: "greeter" },
      { Class: "user-incomplete" },
      { Class: "background" },
      { State: "closing" },
      { TTY: "" },
      { Name: "a\u001b[31m" },
      { Id: "" },
      { TTY: "a b" },
    ])
      assert.equal(decoded(more), 0, JSON.stringify(more));
    assert.deepEqual(decodeSessions(""), []);
  });

  it("is named, the first two of many", () => {
    const users = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: String(index), user: `u${index}` }));
    assert.equal(sessionsFailure([]), undefined);
    assert.match(sessionsFailure(users(1))?.message ?? "", /: u0$/);
    assert.match(sessionsFailure(users(3))?.message ?? "", /: u0, u1 and 1 other$/);
    assert.match(sessionsFailure(users(9))?.message ?? "", /: u0, u1 and 7 others$/);
  });
});

describe("the warning", () => {
  it("says when, for what, and how to keep the node as it is", () => {
    assert.equal(
      warningText("2026.11.2", 30),
      "This node restarts for release 2026.11.2 as soon as nobody is logged in, and in 30 minutes at the latest.\nLog out when you are through, or keep it as it is: slipway-agent pause\n",
    );
    assert.match(warningText("2", 1), /in 1 minute at/);
  });

  it("goes to every terminal, as text and not as the name of a file", async () => {
    const exec = scriptedExec([{}]);
    await warn({ exec }, { release: TWO, minutes: 10 });
    assert.deepEqual(exec.ran[0]?.argv, ["wall"]);
    assert.match(String(exec.ran[0]?.stdin), /^This node restarts for release 2 /);
  });
});
