import assert from "node:assert/strict";
import { ReceiverError } from "@slipway/receiver";
import * as fc from "fast-check";
import { before, describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { outcomeOf, testNode } from "../support/node.ts";
import { NOW } from "../../../../test/support/signed-repository/sound.ts";
import { seenFiles } from "../../../../test/support/signed-repository/refused-metadata.ts";
import {
  type Files,
  KEYS,
  makeRoot,
} from "../../../../test/support/signed-repository/test-repository.ts";

describe("one byte of a repository changed", () => {
  let files: Files = new Map();
  let paths: readonly string[] = [];
  let sound: string | ReceiverError = "";

  before(async () => {
    const root2 = makeRoot({ now: NOW, versions: { root: 2 }, before: KEYS });
    files = seenFiles().set(root2.path, root2.bytes);
    sound = await outcomeOf(testNode(), memorySource(files));
    assert.ok(typeof sound === "string", String(sound));
    paths = [...files.keys()];
    assert.equal(paths.length, 10);
  });

  const place = () =>
    fc.record({
      path: fc.nat().map((n) => paths[n % paths.length] ?? ""),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });

  const changed = async (
    path: string,
    change: (bytes: Uint8Array) => Uint8Array,
  ): Promise<void> => {
    const bytes = files.get(path) ?? new Uint8Array();
    const spoilt = new Map(files).set(path, change(bytes));
    const outcome = await outcomeOf(testNode(), memorySource(spoilt));
    if (!(outcome instanceof ReceiverError)) assert.equal(outcome, sound);
  };

  it("is refused, or nothing of what the node is told changes", () =>
    fc.assert(
      fc.asyncProperty(place(), fc.integer({ min: 1, max: 255 }), ({ path, at }, mask) =>
        changed(path, (bytes) => {
          const index = Math.floor(at * bytes.length);
          return bytes.with(index, (bytes[index] ?? 0) ^ mask);
        }),
      ),
      { numRuns: 400 },
    )).timeout(60_000);

  it("is refused, or nothing changes, also where a byte is gone or one too many", () =>
    fc.assert(
      fc.asyncProperty(place(), fc.option(fc.nat(255)), ({ path, at }, inserted) =>
        changed(path, (bytes) => {
          const index = Math.floor(at * bytes.length);
          const rest = bytes.subarray(inserted === null ? index + 1 : index);
          return Buffer.concat([
            bytes.subarray(0, index),
            Buffer.from(inserted === null ? [] : [inserted]),
            rest,
          ]);
        }),
      ),
      { numRuns: 200 },
    )).timeout(60_000);

  it("is noticed: of signed files no change of a digit goes by", async () => {
    for (const path of paths.filter((one) => !one.endsWith("1.root.json"))) {
      const text = Buffer.from(files.get(path) ?? []).toString();
      // One signature more than the threshold may well be spoilt.
      const start = Math.max(0, text.indexOf('"signed":'));
      const at = start + text.slice(start).search(/\d(?=[^0-9])/);
      const digit = text[at] === "1" ? "2" : "1";
      const spoilt = Buffer.from(`${text.slice(0, at)}${digit}${text.slice(at + 1)}`);
      const outcome = await outcomeOf(testNode(), memorySource(new Map(files).set(path, spoilt)));
      assert.ok(outcome instanceof ReceiverError, path);
    }
  });
});
