import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Agent } from "../../src/cli/agent.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { UpdatePlan } from "../../src/plan/update-plan.ts";
import type { PlanOutcome } from "../../src/tasks/plan-update.ts";
import { aLedger, aLook, document, NOW, say, THREE, TWO } from "./an-agent.ts";

const MIB = 2 ** 20;

const PLAN: UpdatePlan = {
  booted: { ...TWO, kernelRelease: "6.12.1", securityEpoch: 0 },
  release: { ...THREE, kernelRelease: "6.12.2", securityEpoch: 0 },
  isStaged: false,
  contents: {
    packages: {
      added: [{ name: "zsh", version: "5.9" }],
      removed: [],
      changed: [{ name: "openssl", before: "3.5.7-1", after: "3.5.7-2" }],
    },
    units: {
      ...{ added: ["new.timer"], removed: [], enabled: ["new.timer"] },
      ...{ disabled: [], masked: [], changed: [] },
    },
    kernelArguments: { added: [], removed: [] },
  },
  etc: {
    conflicts: [{ path: "/etc/motd", code: "changed-by-both", what: "contents changed" }],
    ...{ carried: [], taken: [], ignored: [], mergedByAccount: [] },
  },
  fetch: [
    { of: "root", way: "delta", bytes: 4 * MIB },
    { of: "uki", way: "full", bytes: 30 * MIB },
  ],
  room: [{ place: "/var", neededBytes: 66 * MIB, freeBytes: 10 * MIB }],
  obstacles: [{ code: "E_SPACE", message: "/var has no room", hint: "make room" }],
  unknown: [],
};

const asks = (outcome: PlanOutcome, look = aLook()): Partial<Agent> => ({
  plan: async () => outcome,
  look: async () => look,
});

describe("plan", () => {
  it("tells what changes, what it costs, what stands in the way, and when the node restarts", async () => {
    const { status, stdout } = await say(["plan"], asks({ kind: "plan", plan: PLAN }));
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `release          2 → 3
kernel           6.12.1 → 6.12.2
security epoch   0, as now
fetch            root by delta 4.0 MiB, uki in full, at most 30.0 MiB
room             /var 66.0 MiB of 10.0 MiB: too little
restart          as soon as it is staged
packages:
  openssl 3.5.7-1 → 3.5.7-2
  + zsh 5.9
units:
  added: new.timer
  enabled: new.timer
kernel arguments: nothing
/etc:
  conflict: /etc/motd: contents changed
in the way [E_SPACE]: /var has no room
  make room
`,
    );
  });

  it("is one document with the plan and the restart", async () => {
    const said = await say(["plan", "--json"], asks({ kind: "plan", plan: PLAN }));
    assert.deepEqual(document(said), {
      schema: 1,
      kind: "plan",
      ...PLAN,
      restart: { strategy: "immediate", isPaused: false, opensAt: NOW },
    });
  });

  it("says what it cannot know instead of nothing", async () => {
    const { contents: _, etc: __, ...rest } = PLAN;
    const unknown = ["release 2 was published without a list of what is in it"];
    const { stdout } = await say(["plan"], asks({ kind: "plan", plan: { ...rest, unknown } }));
    assert.match(stdout, /not known:\n {2}release 2 was published without a list/);
    assert.doesNotMatch(stdout, /packages/);
  });

  it("tells when the gate opens", async () => {
    const restart = async (text: string, ledger = aLedger()): Promise<string> => {
      const config = mergeSettings([{ file: "/etc/slipway/agent.d/a.yaml", text }]);
      const said = await say(
        ["plan"],
        asks({ kind: "plan", plan: PLAN }, aLook({ config, ledger })),
      );
      return /^restart +(.*)$/m.exec(said.stdout)?.[1] ?? "";
    };
    assert.match(await restart("strategy: manual\n"), /strategy is manual/);
    assert.match(
      await restart("strategy: window\nwindows: ['daily 02:00 for 1h']\n"),
      /^by itself 2026-01-01 02:00 UTC \(in 2 h\), when the window opens/,
    );
    const paused = aLedger({ pause: { since: NOW } });
    assert.match(await restart("", paused), /not by itself while updates are paused/);
  });

  it("asks for nothing to be taken, and for a version at once", async () => {
    const requests: unknown[] = [];
    const taught: Partial<Agent> = {
      ...asks({ kind: "plan", plan: PLAN }),
      plan: async (request) => {
        requests.push(request);
        return { kind: "plan", plan: PLAN };
      },
    };
    await say(["plan"], taught);
    await say(["plan", "--to", "3", "--from", "usb.tar"], taught);
    assert.deepEqual(requests, [
      { take: "not" },
      { take: "by-hand", only: "3", from: "/root/usb.tar" },
    ]);
  });

  it("tells that nothing is offered, and which release it could be asked about", async () => {
    const blocker = {
      code: "wave",
      message: "not this node's turn",
      version: "3",
      clearsAt: NOW + 60,
    };
    const said = await say(["plan"], asks({ kind: "none", blocker }));
    assert.equal(said.status, 0);
    assert.match(said.stdout, /^nothing is offered: not this node's turn; clears 2026/);
    assert.match(said.stdout, /`slipway-agent plan --to 3` shows/);
  });

  it("ends like check where nobody answers", async () => {
    const failed = { kind: "failed", code: "UNREACHABLE", message: "no route" } as const;
    assert.deepEqual(await say(["plan"], asks(failed)), {
      status: 75,
      stdout: "",
      stderr: "error [UNREACHABLE]: no route\n",
    });
  });
});
