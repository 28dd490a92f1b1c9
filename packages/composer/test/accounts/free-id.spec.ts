import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { freeId } from "../../src/accounts/free-id.ts";

const system = { range: { first: 101, last: 999 }, direction: "down" } as const;
const ordinary = { range: { first: 1000, last: 60_000 }, direction: "up" } as const;
const taken = (...ids: readonly number[]): ReadonlySet<number> => new Set(ids);

describe("a free id", () => {
  it("is beyond the outermost one in use, not in a gap that an account just left", () => {
    assert.equal(freeId({ taken: taken(), ...system }), 999);
    assert.equal(freeId({ taken: taken(999, 997, 42), ...system }), 996);
    assert.equal(freeId({ taken: taken(), ...ordinary }), 1000);
    assert.equal(freeId({ taken: taken(1000, 1005, 65_534), ...ordinary }), 1006);
  });

  it("is in a gap when there is nothing beyond", () => {
    assert.equal(freeId({ taken: taken(101, 999), ...system }), 998);
    assert.equal(freeId({ taken: taken(1000, 60_000), ...ordinary }), 1001);
  });

  it("is the preferred one if that is free and in the range", () => {
    assert.equal(freeId({ taken: taken(1000), ...ordinary, preferred: 1234 }), 1234);
    assert.equal(freeId({ taken: taken(1234), ...ordinary, preferred: 1234 }), 1235);
    assert.equal(freeId({ taken: taken(), ...ordinary, preferred: 7 }), 1000);
  });

  it("is none when all are taken", () => {
    const range = { first: 5, last: 6 };
    assert.equal(freeId({ taken: taken(5, 6), range, direction: "up" }), undefined);
    assert.equal(freeId({ taken: taken(5, 6), range, direction: "down" }), undefined);
  });

  it("is always free, in the range, and found if there is one", () => {
    const range = { first: 10, last: 20 };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 5, max: 25 })),
        fc.constantFrom("up" as const, "down" as const),
        (ids, direction) => {
          const set = new Set(ids);
          const found = freeId({ taken: set, range, direction });
          const isFull = ids.filter((id) => id >= 10 && id <= 20).length === 11;
          if (found === undefined) assert.ok(isFull);
          else assert.ok(found >= 10 && found <= 20 && !set.has(found));
        },
      ),
    );
  });
});
