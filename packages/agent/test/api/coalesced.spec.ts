import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "mocha";
import { coalesced } from "../../src/api/coalesced.ts";

describe("a look that many ask for", () => {
  const aLook = () => {
    const ends: ((fails?: boolean) => void)[] = [];
    const look = coalesced(
      () =>
        new Promise<number>((resolve, reject) => {
          const number = ends.length;
          ends.push((fails) => (fails === true ? reject(new Error("no")) : resolve(number)));
        }),
    );
    return { look, ends };
  };

  it("is never older than the question, and is shared by all who wait for the next one", async () => {
    const { look, ends } = aLook();
    const first = look();
    const [second, third] = [look(), look()];
    assert.equal(ends.length, 1);
    ends[0]?.();
    assert.equal(await first, 0);
    await setImmediate();
    assert.equal(ends.length, 2);
    const fourth = look();
    ends[1]?.();
    assert.deepEqual([await second, await third], [1, 1]);
    await setImmediate();
    ends[2]?.();
    assert.equal(await fourth, 2);
  });

  it("that fails, fails for those alone who shared it", async () => {
    const { look, ends } = aLook();
    const [first, second] = [look(), look()];
    ends[0]?.(true);
    await assert.rejects(first, /no/);
    await setImmediate();
    ends[1]?.();
    assert.equal(await second, 1);
  });
});
