/** Slipway's order of versions beside systemd's own: a node's boot loader and systemd sort the same names. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { compareVersions } from "@slipway/release";
import { seedOfRun } from "../support/drawn-numbers.ts";
import { requireTools } from "../support/require-tools.ts";

/** As `systemd-analyze compare-versions` ends: its exit statuses are documented. */
const ORDERS: ReadonlyMap<number | null, number> = new Map([
  [0, 0],
  [11, 1],
  [12, -1],
]);

const systemdOrder = (a: string, b: string): number => {
  const { status, stderr } = spawnSync("systemd-analyze", ["compare-versions", a, b], {
    encoding: "utf8",
  });
  const order = ORDERS.get(status);
  assert.ok(order !== undefined, `systemd-analyze ended with ${status}: ${stderr}`);
  return order;
};

describe("the order of versions beside systemd's", () => {
  requireTools("systemd-analyze");

  it("is the same for any two texts", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0019aZ~-^._".split("")), maxLength: 5 });
    // A common beginning, or else the first character decides nearly always. None begins with `-`: that would be an option.
    const pair = fc
      .tuple(fc.constantFrom("1", "0.", "~", "b"), text, text)
      .map(([start, a, b]): readonly [string, string] => [start + a, start + b]);
    fc.assert(
      fc.property(pair, ([a, b]) => {
        assert.equal(Math.sign(compareVersions(a, b)), systemdOrder(a, b), `${a} and ${b}`);
      }),
      {
        seed: seedOfRun(),
        numRuns: 300,
        examples: [[["0-", "0-^"]], [["1~~", "1~"]], [["1--", "1-^"]]],
      },
    );
  });
});
