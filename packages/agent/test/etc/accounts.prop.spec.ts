import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type AccountTexts, mergeAccounts } from "../../src/etc/accounts.ts";

const NAMES = fc.constantFrom("a", "b", "c", "d");
const ids = fc.integer({ min: 1, max: 5 });
const file = (line: fc.Arbitrary<readonly [string, string]>): fc.Arbitrary<string> =>
  fc
    .uniqueArray(line, { selector: ([name]) => name, maxLength: 4 })
    .map((all) => all.map(([name, rest]) => `${name}:${rest}\n`).join(""));
const members = fc.uniqueArray(NAMES).map((names) => names.join(","));

const texts: fc.Arbitrary<AccountTexts> = fc.record(
  {
    passwd: file(
      fc.tuple(
        NAMES,
        fc.tuple(ids, ids).map(([uid, gid]) => `x:${uid}:${gid}::/:`),
      ),
    ),
    shadow: file(fc.tuple(NAMES, fc.constantFrom("*:1:::::", "p:2:::::", "q:3:::::"))),
    group: file(
      fc.tuple(
        NAMES,
        fc.tuple(ids, members).map(([gid, list]) => `x:${gid}:${list}`),
      ),
    ),
    gshadow: file(fc.tuple(NAMES, fc.constantFrom("!::", "!::a"))),
    subuid: file(fc.tuple(NAMES, fc.constantFrom("10:5", "12:5", "20:5"))),
    subgid: fc.constant(""),
  },
  { noNullPrototype: true },
);
const RUNS = { numRuns: 2000 };
const names = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":")[0] ?? "");

describe("merging accounts, whatever they are", () => {
  it("gives the image's when the node changed nothing, and the node's when the image did not", () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        for (const [old, node, image] of [
          [one, one, other],
          [one, other, one],
        ] as const) {
          const merged = mergeAccounts({ old, node, image });
          assert.deepEqual(merged.texts, other);
          assert.deepEqual(merged.conflicts, []);
        }
      }),
      RUNS,
    );
  });

  it("gives the same again within the new release", () => {
    fc.assert(
      fc.property(texts, texts, texts, (old, node, image) => {
        const once = mergeAccounts({ old, node, image }).texts;
        assert.deepEqual(mergeAccounts({ old: image, node: once, image }).texts, once);
      }),
      RUNS,
    );
  });

  it("keeps every account that the node added, and names each once", () => {
    fc.assert(
      fc.property(texts, texts, texts, (old, node, image) => {
        const { texts: merged } = mergeAccounts({ old, node, image });
        const result = names(merged.passwd);
        assert.equal(new Set(result).size, result.length);
        for (const name of names(node.passwd)) {
          if (!names(old.passwd).includes(name)) assert.ok(result.includes(name), name);
        }
      }),
      RUNS,
    );
  });

  it("says which accounts share an id that neither the node nor the image let them share", () => {
    fc.assert(
      fc.property(texts, texts, texts, (old, node, image) => {
        const { texts: merged, conflicts } = mergeAccounts({ old, node, image });
        const uids = (text: string | undefined): ReadonlyMap<string, string> =>
          new Map(
            (text ?? "")
              .split("\n")
              .map((line) => line.split(":"))
              .map((f) => [f[0] ?? "", f[2] ?? ""]),
          );
        const [mine, theirs, all] = [uids(node.passwd), uids(image.passwd), uids(merged.passwd)];
        for (const [a, uid] of all) {
          for (const [b, other] of all) {
            if (a >= b || a === "" || uid !== other) continue;
            const isOld = [mine, theirs].some((one) => one.get(a) === uid && one.get(b) === uid);
            const isNamed = conflicts.some(
              ({ database, account }) =>
                database === "passwd" &&
                account.split(", ").includes(a) &&
                account.split(", ").includes(b),
            );
            assert.ok(isOld || isNamed, `${a} and ${b} share ${uid}`);
          }
        }
      }),
      RUNS,
    );
  });
});
