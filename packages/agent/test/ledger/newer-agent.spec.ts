import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { encodeCanonical } from "@slipway/release";
import { describe, it } from "mocha";
import { NO_LINE } from "../../src/ledger/line.ts";
import { releaseNumber } from "./entries.ts";
import { ledgerOn, memoryFiles, spoil } from "./memory-files.ts";

const [one, two] = [releaseNumber(1), releaseNumber(2)];
const [three, four] = [releaseNumber(3), releaseNumber(4)];
const AT = 1_700_000_000;

/** A file of the ledger, as an agent of tomorrow may write it: each line its number, its time and the checksum of the one before, as ever. */
const linesOf = (values: readonly object[]): Buffer => {
  let before = NO_LINE;
  const lines = values.map((value, index) => {
    const json = encodeCanonical({ seq: index + 1, at: AT, ...value, before });
    before = createHash("sha256").update(json).digest("hex").slice(0, NO_LINE.length);
    return `${before} ${json}\n`;
  });
  return Buffer.from(lines.join(""));
};

const readBy = async (values: readonly object[]) => {
  const files = memoryFiles();
  // The file is there, whatever is in it.
  await ledgerOn(files).append({ kind: "paused" });
  await spoil(files, "ledger-0", () => linesOf(values));
  const ledger = ledgerOn(files);
  return { ledger, view: await ledger.view() };
};

const carried = (members: object): object => ({
  kind: "carried",
  schema: 2,
  floor: 3,
  forbidden: [{ release: two, reason: "bad", since: AT, severity: "high" }],
  epochs: [{ roothash: one.roothash, epoch: 3, of: "image" }],
  pin: { version: "1", since: AT, until: AT + 5 },
  current: { ...one, mood: "good" },
  isCurrentGood: true,
  ...members,
});

describe("a ledger that a newer agent wrote", () => {
  it("is gone by as far as it is understood, whatever its schema, and that is said", async () => {
    const { ledger, view } = await readBy([carried({ weather: { sky: "blue" } })]);
    assert.deepEqual([...view.forbidden.keys()], [two.roothash]);
    assert.deepEqual([view.pin?.version, view.floor, view.current], ["1", 3, one]);
    assert.deepEqual(view.damage, []);
    assert.match(ledger.said.join("\n"), /has schema 2, and this agent knows 1/);
  });

  it("stands but for what is of another form: what was forbidden beside it stays forbidden", async () => {
    const { view } = await readBy([
      carried({
        forbidden: [
          { release: { version: "9", digest: "sha512:00" }, reason: "odd", since: AT },
          { release: two, reason: { text: "bad" }, since: AT },
          { release: three, reason: "long ".repeat(1000), since: AT },
        ],
        epochs: ["none"],
        current: "one",
        unfinished: { kind: "moving", from: one, to: "another disk" },
      }),
    ]);
    assert.deepEqual([...view.forbidden.keys()], [two.roothash, three.roothash]);
    assert.deepEqual([view.pin?.version, view.floor], ["1", 3]);
    assert.deepEqual([view.current, view.unfinished], [undefined, undefined]);
    assert.deepEqual(view.damage, []);
  });

  it("forbids by lines whose reason and evidence it has in a form of its own", async () => {
    const { view } = await readBy([
      { kind: "failed", release: two, reason: "bad", evidence: { source: "oracle", picture: [7] } },
      { kind: "failed", release: three, reason: "long ".repeat(1000), by: "somebody" },
      { kind: "teleported", to: "moon" },
      { kind: "rolled-back", release: four, target: one, reason: ["slow"], asked: { by: "fleet" } },
      { kind: "pinned", version: "1", reason: { ticket: 12 } },
    ]);
    assert.deepEqual(
      [...view.forbidden.keys()],
      [two, three, four].map((release) => release.roothash),
    );
    assert.equal(view.pin?.version, "1");
    assert.deepEqual(view.damage, []);
    assert.equal(view.history.length, 4);
  });

  it("has the node take nothing where an order is of another form", async () => {
    for (const order of [{ pin: { range: "1 to 3" } }, { pin: ["1"] }, { pause: "till noon" }]) {
      const { view } = await readBy([carried(order)]);
      assert.match(view.pause?.reason ?? "", /order that this one cannot read/);
      assert.deepEqual([...view.forbidden.keys()], [two.roothash]);
    }
  });

  it("is written on, and stands when its files turn", async () => {
    const { ledger } = await readBy([carried({ weather: "blue" }), { kind: "teleported" }]);
    const view = await ledger.append({ kind: "failed", release: three, reason: "bad too" });
    assert.deepEqual([...view.forbidden.keys()], [two.roothash, three.roothash]);
    assert.deepEqual([view.damage, view.history[0]?.seq], [[], 3]);
  });
});
