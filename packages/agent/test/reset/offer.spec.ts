import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  CODE_LUCK,
  codeOf,
  confirmed,
  decodeOffer,
  type ResetOffer,
} from "../../src/reset/offer.ts";

const OFFER: ResetOffer = {
  code: "K7PM-3QXD",
  madeAt: 1000,
  bootId: "one",
  keep: ["/var/lib/slipway/ssh"],
  newMachineId: false,
};

const NOW = { code: OFFER.code, now: 1100, bootId: "one", keep: OFFER.keep };

describe("the code of a factory reset", () => {
  it("has letters and digits that nobody mistakes", () => {
    const all = Array.from({ length: 32 }, (_, number) => number);
    const codes = all.map((from) => codeOf(all.map((number) => number + from).slice(0, CODE_LUCK)));
    for (const code of codes) assert.match(code, /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    assert.ok(codes.every((code) => decodeOffer({ schema: 1, ...OFFER, code }) !== undefined));
  });

  it("confirms what was offered, however it is typed", () => {
    assert.deepEqual(confirmed(OFFER, NOW), OFFER);
    assert.deepEqual(confirmed(OFFER, { ...NOW, code: "k7pm-3qxd" }), OFFER);
  });

  for (const [what, offer, change, message] of [
    ["nothing was offered", undefined, {}, /nobody has asked/],
    ["the node was started since", OFFER, { bootId: "two" }, /nobody has asked/],
    ["its time is over", OFFER, { now: 1901 }, /15 minutes, which are over/],
    ["the clock went back", OFFER, { now: 999 }, /are over/],
    ["it is another", OFFER, { code: "K7PM-3QXE" }, /K7PM-3QXE is not the code/],
    ["the settings changed", OFFER, { keep: [] }, /factory_reset_keep is another/],
  ] as const)
    it(`is refused where ${what}`, () => {
      assert.throws(() => confirmed(offer, { ...NOW, ...change }), {
        name: "AgentError",
        code: "NOT_CONFIRMED",
        message,
      });
    });

  it("is read back from its file, and from no other", () => {
    assert.deepEqual(decodeOffer({ schema: 1, ...OFFER }), OFFER);
    for (const change of [
      { schema: 2 },
      { code: "1234-5678" },
      { madeAt: 0.5 },
      { keep: ["/etc"] },
      { keep: "x" },
      { newMachineId: "yes" },
      { bootId: 1 },
    ])
      assert.equal(decodeOffer({ schema: 1, ...OFFER, ...change }), undefined);
    assert.equal(decodeOffer("x"), undefined);
  });
});
