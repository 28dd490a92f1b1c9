import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Agent, Look } from "../../src/cli/agent.ts";
import type { CheckOutcome } from "../../src/engine/ports.ts";
import type { Ran } from "../../src/engine/run.ts";
import { AgentError } from "../../src/errors.ts";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import type { OperatorEvent } from "../../src/machine/event.ts";
import { aLedger, aLook, document, NOW, ONE, say, THREE, TWO } from "./an-agent.ts";

const offered = { ...THREE, securityEpoch: 0 };

const ran = (with_: Partial<Ran> = {}): Ran => {
  const { observed, ledger, state, lastCheck, leases } = aLook();
  return {
    kind: "ran",
    state,
    lastCheck,
    leases,
    observed,
    ledger,
    refusal: undefined,
    isRebooting: false,
    wakeInMs: 1000,
    ...with_,
  };
};

describe("check", () => {
  const asks = (outcome: CheckOutcome): Partial<Agent> => ({ check: async () => outcome });
  const blocker = { code: "wave", message: "not this node's turn", clearsAt: NOW + 60 };

  it("tells what is offered, or why nothing is; both are answers", async () => {
    const offer = await say(["check"], asks({ kind: "offer", release: offered }));
    assert.deepEqual(
      [offer.status, offer.stdout],
      [0, "3 (00000003) is offered: `slipway-agent update` takes it\n"],
    );
    const none = await say(["check"], asks({ kind: "none", blocker }));
    assert.equal(none.status, 0);
    assert.match(none.stdout, /nothing is offered: not this node's turn; clears 2026/);
    assert.deepEqual(document(await say(["check", "--json"], asks({ kind: "none", blocker }))), {
      schema: 1,
      kind: "none",
      blocker,
    });
  });

  it("takes nothing", async () => {
    const requests: unknown[] = [];
    await say(["check"], {
      check: async (request) => {
        requests.push(request);
        return { kind: "offer", release: offered };
      },
    });
    assert.deepEqual(requests, [{ take: "not" }]);
  });

  it("ends with 75 where nobody answers, and with 1 where the answer is forged", async () => {
    const unreachable = { kind: "failed", code: "UNREACHABLE", message: "no route" } as const;
    assert.deepEqual(await say(["check"], asks(unreachable)), {
      status: 75,
      stdout: "",
      stderr: "error [UNREACHABLE]: no route\n",
    });
    const json = await say(["check", "--json"], asks(unreachable));
    assert.deepEqual([json.status, document(json)], [75, { schema: 1, ...unreachable }]);
    const tampered = { kind: "failed", code: "TAMPERED", message: "x" } as const;
    assert.equal((await say(["check"], asks(tampered))).status, 1);
  });
});

/** The events that a verb gave, and what it said. */
const driving = async (args: readonly string[], answer: Ran, look: Look = aLook()) => {
  const events: OperatorEvent[] = [];
  const drive = async (event: OperatorEvent): Promise<Ran> => {
    events.push(event);
    return answer;
  };
  const said = await say(args, { drive, driveAtOnce: drive, look: async () => look });
  return { said, events };
};

const finalizing = {
  kind: "finalizing",
  release: offered,
  byHand: true,
  phase: "rebooting",
  bootId: "b",
  attempts: 0,
  retryAtMs: 0,
} as const;

describe("update", () => {
  it("gives the machine all that was asked for, files by their whole path", async () => {
    const { events } = await driving(
      ["update", "--to", "3", "--from", "usb/edge.tar", "--now"],
      ran(),
    );
    assert.deepEqual(events, [{ kind: "update-asked", to: "3", from: "/root/usb/edge.tar" }]);
  });

  const ANSWERS: readonly (readonly [string, Ran, number, RegExp])[] = [
    [
      "restarts",
      ran({ state: finalizing, isRebooting: true }),
      0,
      /^3 is finalized; the node restarts into it now$/m,
    ],
    [
      "is up to date",
      ran({ refusal: { code: "up-to-date", message: "2 is the newest" } }),
      0,
      /^2 is the newest$/m,
    ],
    [
      "waits for its turn",
      ran({
        lastCheck: {
          at: NOW,
          answer: { kind: "none", blocker: { code: "wave", message: "not yet", clearsAt: NOW } },
        },
      }),
      75,
      /^not yet$/m,
    ],
    [
      "is refused",
      ran({ refusal: { code: "FORBIDDEN", message: "3 failed here" } }),
      1,
      /^error \[FORBIDDEN\]: 3 failed here$/m,
    ],
    [
      "cannot fetch it",
      ran({ refusal: { code: "UNREACHABLE", message: "no route" } }),
      75,
      /^error \[UNREACHABLE\]: no route$/m,
    ],
    [
      "is held",
      ran({ state: { kind: "held", failure: { code: "DEGRADED", message: "x" }, lookAtMs: 0 } }),
      1,
      /^error \[DEGRADED\]: x$/m,
    ],
  ];
  for (const [what, answer, status, message] of ANSWERS) {
    it(`ends with ${status} where the node ${what}`, async () => {
      const { said } = await driving(["update"], answer);
      assert.equal(said.status, status);
      assert.match(said.stdout + said.stderr, message);
      const json = (await driving(["update", "--json"], answer)).said;
      assert.equal(json.status, status);
      assert.equal((document(json) as { schema: number }).schema, 1);
    });
  }

  it("passes over hooks where it is told to, and only then", async () => {
    const { events } = await driving(["update", "--skip-hooks"], ran());
    assert.deepEqual(events, [{ kind: "update-asked", skipHooks: true }]);
    const held = { code: "HOOK_HELD", message: "hook a holds it: no", hint: "--skip-hooks" };
    const { said } = await driving(["update"], ran({ refusal: held }));
    assert.equal(said.status, 1);
    assert.match(said.stderr, /\[HOOK_HELD\]: hook a holds it: no\nhint: --skip-hooks/);
    const soon = { code: "HOOK_NOT_YET", message: "hook a wants to be asked again: wait" };
    assert.equal((await driving(["update"], ran({ refusal: soon }))).said.status, 75);
  });

  it("takes nothing while updates are paused, except when told --now", async () => {
    const paused = aLook({ ledger: aLedger({ pause: { reason: "sale", since: NOW } }) });
    const { said, events } = await driving(["update"], ran(), paused);
    assert.deepEqual([said.status, events], [1, []]);
    assert.match(said.stderr, /\[PAUSED\]: updates are paused on this node: sale\nhint: .*--now/);
    assert.equal((await driving(["update", "--now"], ran(), paused)).events.length, 1);
  });
});

describe("rollback", () => {
  const back = ran({
    state: {
      kind: "rolling-back",
      target: ONE,
      from: TWO,
      phase: "rebooting",
      bootId: "b",
      attempts: 0,
      retryAtMs: 0,
    },
    isRebooting: true,
  });

  it("needs no argument, and always has a reason for the ledger", async () => {
    const { said, events } = await driving(["rollback"], back);
    assert.deepEqual(events, [{ kind: "rollback-asked", reason: "asked for by hand" }]);
    assert.deepEqual([said.status, said.stderr], [0, ""]);
    assert.match(said.stdout, /^the node goes back to 1, and restarts now; 2 is forbidden/);
  });

  it("passes on what it was told", async () => {
    const { events } = await driving(
      ["rollback", "--to", "1", "--reason", "slow", "--accept-epoch", "0"],
      back,
    );
    assert.deepEqual(events, [{ kind: "rollback-asked", reason: "slow", to: "1", acceptEpoch: 0 }]);
  });

  it("ends with 1 where there is nothing to go back to, and says what to do", async () => {
    const refusal = { code: "NOTHING_TO_ROLL_BACK_TO", message: "3 is staged", hint: "finalize" };
    const { said } = await driving(["rollback"], ran({ refusal }));
    assert.deepEqual([said.status, said.stdout], [1, ""]);
    assert.match(said.stderr, /\[NOTHING_TO_ROLL_BACK_TO\]: 3 is staged\nhint: finalize/);
    const json = (await driving(["rollback", "--json"], ran({ refusal }))).said;
    assert.deepEqual(document(json), {
      schema: 1,
      outcome: "failed",
      message: "3 is staged",
      failure: refusal,
    });
  });

  it("ends with 75 while the agent cannot be stopped", async () => {
    const said = await say(["rollback"], {
      driveAtOnce: async () => {
        throw new AgentError("BUSY", "the agent is busy");
      },
    });
    assert.equal(said.status, 75);
  });
});

describe("orders", () => {
  const ordering = async (args: readonly string[], look: Look = aLook()) => {
    let given: readonly LedgerEntry[] = [];
    const said = await say(args, {
      order: async (choose) => {
        given = choose(look);
        return given;
      },
    });
    return { said, given };
  };
  const forbidden = aLook({
    ledger: aLedger({
      pin: { version: "2", since: NOW },
      pause: { since: NOW },
      forbidden: new Map([[THREE.roothash, { release: THREE, reason: "x", since: NOW }]]),
    }),
  });

  const CASES: readonly (readonly [readonly string[], readonly LedgerEntry[], string])[] = [
    [["pin"], [{ kind: "pinned", version: "2" }], "pinned to 2\n"],
    [
      ["pin", "3", "--reason", "audit"],
      [{ kind: "pinned", version: "3", reason: "audit" }],
      "pinned to 3: audit\n",
    ],
    [["unpin"], [{ kind: "unpinned" }], "unpinned\n"],
    [["pause", "--reason", "sale"], [{ kind: "paused", reason: "sale" }], "updates paused: sale\n"],
    [["resume"], [{ kind: "resumed" }], "updates resumed\n"],
    [
      ["forgive", "3"],
      [{ kind: "forgiven", release: THREE }],
      "3 (00000003) forgiven: it may be tried again\n",
    ],
    [
      ["forgive", "00000003"],
      [{ kind: "forgiven", release: THREE }],
      "3 (00000003) forgiven: it may be tried again\n",
    ],
    [
      ["forgive", "--all"],
      [{ kind: "forgiven", release: THREE }],
      "3 (00000003) forgiven: it may be tried again\n",
    ],
  ];
  for (const [args, entries, stdout] of CASES) {
    it(`${args.join(" ")} is a line in the ledger`, async () => {
      const { said, given } = await ordering(args, forbidden);
      assert.deepEqual([said.status, said.stdout, given], [0, stdout, entries]);
      const json = (await ordering([...args, "--json"], forbidden)).said;
      assert.deepEqual(document(json), { schema: 1, recorded: entries });
    });
  }

  it("that change nothing are no lines", async () => {
    for (const args of [["unpin"], ["resume"], ["forgive", "--all"]]) {
      const { said, given } = await ordering(args);
      assert.deepEqual([said.stdout, given], ["nothing to do\n", []], args.join(" "));
    }
  });

  it("about a release that nobody forbade are refused", async () => {
    const { said } = await ordering(["forgive", "9"]);
    assert.equal(said.status, 1);
    assert.match(said.stderr, /\[NOT_KNOWN\]/);
  });
});
