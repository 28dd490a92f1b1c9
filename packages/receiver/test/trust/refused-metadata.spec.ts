import assert from "node:assert/strict";
import { crashingDirectory } from "@slipway/host/testing";
import { ReceiverError } from "@slipway/receiver";
import { before, describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { keptState, outcomeOf, testNode } from "../support/node.ts";
import {
  REFUSED_METADATA,
  type RefusedCase,
  seenFiles,
} from "../../../../test/support/signed-repository/refused-metadata.ts";

describe("metadata that is wrong", () => {
  let seenStore: ReadonlyMap<string, Uint8Array> = new Map();
  let seenTelling = "";

  before(async () => {
    const node = testNode();
    const telling = await outcomeOf(node, memorySource(seenFiles()));
    assert.ok(typeof telling === "string", String(telling));
    [seenStore, seenTelling] = [node.store.now(), telling];
  });

  /** The refusal, and that what was refused left nothing behind. */
  const check = async (one: RefusedCase, initial: ReadonlyMap<string, Uint8Array>) => {
    const node = testNode({ store: crashingDirectory(initial) });
    const outcome = await outcomeOf(node, memorySource(one.files()));
    assert.ok(outcome instanceof ReceiverError, "it was believed");
    assert.equal(outcome.code, one.code, outcome.message);
    assert.match(outcome.message, /from mirror 1/);
    assert.equal(outcome.source, "mirror 1");
    assert.ok(outcome.code === "NOT_FOUND" || (outcome.hint ?? "").length > 20, "no hint");

    const before = keptState(crashingDirectory(initial));
    const after = keptState(node.store);
    if (one.role === "root" && one.code === "EXPIRED")
      // Rightly signed, it has replaced the one before: no way leads back, only on to the next.
      assert.deepEqual(after?.root, one.files().get("metadata/2.root.json"));
    else if (one.role === "root" || after === undefined) assert.deepEqual(after, before);
    else assert.deepEqual(after.roles.get(one.role), before?.roles.get(one.role));
  };

  for (const one of REFUSED_METADATA) {
    it(`${one.title}: ${one.code}, and nothing of it is kept`, async () => {
      await check(one, seenStore);
      if (one.needsMemory !== true) await check(one, new Map());
    });
  }

  it("is passed over where another source has the right one, in one line", async () => {
    for (const one of REFUSED_METADATA) {
      const node = testNode({ store: crashingDirectory(seenStore) });
      const sources = [memorySource(one.files()), memorySource(seenFiles(), "mirror 2")];
      const outcome = await outcomeOf(node, ...sources);
      // Where the fault is in a list that is fetched later, the newer state is believed, and that list is then nowhere to be had.
      if (one.role === "image-base" || one.role === "online") continue;
      if (one.role === "root" && one.code === "EXPIRED") continue;
      assert.equal(outcome, seenTelling, one.title);
      assert.equal(node.lines.length, 1, one.title);
      assert.match(node.lines[0] ?? "", new RegExp(`^${one.code}: .*from mirror 1 `));
    }
  });

  it("has a code for each cause: the table names them all", () => {
    const codes = new Set(REFUSED_METADATA.map(({ code }) => code));
    assert.deepEqual([...codes].toSorted(), [
      "AMBIGUOUS_JSON",
      "BAD_METADATA",
      "BAD_SIGNATURE",
      "BAD_THRESHOLD",
      "DUPLICATE_KEY",
      "DUPLICATE_SIGNATURE",
      "EXPIRED",
      "FORKED",
      "HALF_SIGNED",
      "MIXED_UP",
      "NOT_FOUND",
      "ROLLED_BACK",
      "UNSIGNED",
      "WRONG_KEY",
      "WRONG_ROLE",
    ]);
  });
});
