import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expiryOf } from "../../src/trust/draft.ts";
import { freshnessOf } from "../../src/trust/role-status.ts";
import { NOW } from "./some-keys.ts";

describe("how fresh a role is", () => {
  const after = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

  it("turns at half of its lifetime and at its end", () => {
    for (const [role, lifetime] of [
      ["root", 365],
      ["targets", 90],
      ["image-base", 90],
      ["snapshot", 14],
      ["online", 14],
      ["timestamp", 7],
    ] as const) {
      const expires = expiryOf(role, NOW);
      const at = (days: number) => freshnessOf(role, expires, after(days));
      assert.equal(at(0), "fresh");
      assert.equal(at(lifetime / 2), "fresh");
      assert.equal(at(lifetime / 2 + 0.01), "past-half");
      assert.equal(at(lifetime - 0.01), "past-half");
      assert.equal(at(lifetime), "expired");
    }
  });
});
