import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ResetAnswer } from "../../src/cli/agent.ts";
import { resetRefusal } from "../../src/cli/node/factory-reset.ts";
import { AgentError } from "../../src/errors.ts";
import { aLook, document, NOW, OFFERED, say, STAGED, TWO } from "./an-agent.ts";

const OFFERED_RESET: ResetAnswer = {
  kind: "offered",
  code: "K7PM-3QXD",
  validSeconds: 900,
  isOrdered: false,
  newMachineId: false,
  kept: ["/var/lib/slipway/agent"],
  lost: { paths: ["/var/home", "/var/log"], more: 3, usedBytes: 3 * 2 ** 30 },
};

describe("factory-reset", () => {
  it("shows what is lost and kept, and the code for the second step", async () => {
    const { status, stdout } = await say(["factory-reset"], {
      offerReset: async () => OFFERED_RESET,
    });
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^lost, of 3072\.0 MiB on \/var:\n {2}\/var\/home\n {2}\/var\/log\n {2}and 3 more\nkept:\n {2}\/var\/lib\/slipway\/agent$/m,
    );
    assert.match(
      stdout,
      /^to order it, within 15 minutes: slipway-agent factory-reset --confirm K7PM-3QXD$/m,
    );
    const json = await say(["factory-reset", "--json"], { offerReset: async () => OFFERED_RESET });
    assert.deepEqual(document(json), { schema: 1, ...OFFERED_RESET });
  });

  it("orders with the code, and takes back", async () => {
    const codes: string[] = [];
    const ordered = await say(["factory-reset", "--confirm", "K7PM-3QXD"], {
      confirmReset: async (code) => {
        codes.push(code);
        return { kind: "ordered", newMachineId: false, kept: [] };
      },
    });
    assert.deepEqual(codes, ["K7PM-3QXD"]);
    assert.match(ordered.stdout, /`systemctl reboot` does it/);
    const cancelled = await say(["factory-reset", "--cancel"], {
      cancelReset: async () => ({ kind: "cancelled", wasOrdered: true }),
    });
    assert.equal(cancelled.stdout, "no factory reset is ordered any more\n");
  });

  it("refuses a code that is not good, and two steps at once", async () => {
    const refused = await say(["factory-reset", "--confirm", "X"], {
      confirmReset: async () => {
        throw new AgentError("NOT_CONFIRMED", "X is not the code", { hint: "ask again" });
      },
    });
    assert.deepEqual(
      [refused.status, refused.stderr],
      [1, "error [NOT_CONFIRMED]: X is not the code\nhint: ask again\n"],
    );
    assert.equal((await say(["factory-reset", "--cancel", "--new-machine-id"])).status, 2);
  });

  it("is not for a node on its way to another release, nor for one without its data", () => {
    const probation = { release: TWO, bootId: "b", sinceMs: 0, deadlineMs: NOW * 1000 };
    const rebooting = { ...STAGED, kind: "finalizing", phase: "rebooting", bootId: "b" } as const;
    const { observed } = aLook();
    for (const [look, code] of [
      [aLook(), undefined],
      [aLook({ state: STAGED }), undefined],
      [aLook({ state: { kind: "probation", ...probation } }), "ON_PROBATION"],
      [aLook({ state: { ...rebooting, release: OFFERED } }), "BUSY"],
      [aLook({ observed: { ...observed, degraded: ["no /var"] } }), "DEGRADED"],
    ] as const)
      assert.equal(resetRefusal(look)?.code, code);
  });
});
