import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { lastCheckOf } from "../../src/engine/last-check.ts";
import { decodeJournal, encodeJournal } from "../../src/machine/decode-journal.ts";
import type { Event } from "../../src/machine/event.ts";
import type { LastCheck } from "../../src/machine/journal.ts";
import type { Situation } from "../../src/machine/situation.ts";

const request = { take: "by-itself" } as const;
const FAILED: Event = {
  kind: "check-failed",
  request,
  failure: { code: "UNREACHABLE", message: "no route" },
};
const NONE: Event = {
  kind: "nothing-offered",
  request,
  blocker: { code: "up-to-date", message: "2 is the newest" },
};

/** Of a failure nothing but the time is looked at. */
const at = (seconds: number): Situation =>
  ({ nowMs: seconds * 1000 }) satisfies Partial<Situation> as Situation;

describe("what the repository answered last", () => {
  it("keeps when it was heard of, over as many failures as there are", () => {
    const heard = lastCheckOf(NONE, at(100), undefined);
    assert.equal(heard?.heardAt, undefined);
    let last: LastCheck | undefined = heard;
    for (const now of [200, 300, 400]) last = lastCheckOf(FAILED, at(now), last);
    assert.deepEqual([last?.at, last?.heardAt], [400, 100]);
    const again = lastCheckOf(NONE, at(500), last);
    assert.deepEqual([again?.at, again?.heardAt], [500, undefined]);
    assert.ok(last !== undefined);
    const journal = {
      state: { kind: "steady", polling: { checkAtMs: 1, failures: 3 } },
      bootId: "a",
      lastCheck: last,
    } as const;
    assert.deepEqual(decodeJournal(encodeJournal(journal)), { ok: true, value: journal });
  });

  it("says nothing of a repository that never answered", () => {
    assert.equal(
      lastCheckOf(FAILED, at(1), lastCheckOf(FAILED, at(0), undefined))?.heardAt,
      undefined,
    );
  });
});
