import assert from "node:assert/strict";
import { ReceiverError, type RepositorySource } from "@slipway/receiver";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { outcomeOf, testNode } from "../support/node.ts";
import { soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import { seenFiles } from "../../../../test/support/signed-repository/refused-metadata.ts";

const unreachable = (name: string): RepositorySource => ({
  name,
  fetch: async function* fetch({ path }) {
    yield new Uint8Array(10);
    throw new ReceiverError("UNREACHABLE", `${path} from ${name}: connection reset`, {
      source: name,
    });
  },
});

const codeOf = (outcome: string | ReceiverError): string =>
  outcome instanceof ReceiverError ? outcome.code : "believed";

describe("several sources", () => {
  it("make up for each other, with one line for each failure", async () => {
    const node = testNode();
    const outcome = await outcomeOf(
      node,
      unreachable("dead"),
      memorySource(new Map(), "empty"),
      memorySource(soundFiles()),
    );
    assert.equal(codeOf(outcome), "believed");
    assert.deepEqual(
      node.lines.map((line) => line.split(" ")[0]),
      ["UNREACHABLE:", "NOT_FOUND:"],
    );
  });

  it("are all asked when the first has nothing new, and the newer state wins", async () => {
    const node = testNode();
    await node.refresh(memorySource(soundFiles()));
    const old = memorySource(soundFiles(), "stale");
    const fresh = memorySource(seenFiles(), "fresh");
    assert.equal((await node.refresh(old, fresh)).timestampVersion, 2);
    assert.equal((await node.refresh(fresh)).timestampVersion, 2);
    const [code] = [await outcomeOf(node, old)].map(codeOf);
    assert.equal(code, "ROLLED_BACK");
    assert.equal((await node.refresh(old, fresh)).timestampVersion, 2);
  });

  it("are passed over by those that look no further when nobody has news", async () => {
    const node = testNode();
    await node.refresh(memorySource(seenFiles()));
    const view = await node.refresh(memorySource(seenFiles(), "a"), unreachable("b"));
    assert.equal(view.timestampVersion, 2);
  });

  it("give the lists and manifests that the first has spoilt", async () => {
    const spoilt = seenFiles();
    for (const [path, bytes] of spoilt)
      if (path.startsWith("targets/") || path.includes("image-"))
        spoilt.set(path, Buffer.from(bytes.map((byte) => byte ^ 1)));
    const sound = await outcomeOf(testNode(), memorySource(seenFiles()));
    const node = testNode();
    const outcome = await outcomeOf(
      node,
      memorySource(spoilt, "spoilt"),
      memorySource(seenFiles(), "sound"),
    );
    assert.equal(outcome, sound);
    assert.ok(node.lines.length >= 4 && node.lines.every((line) => line.includes("from spoilt")));
  });

  it("are all named when none is of use, the most telling first", async () => {
    const outcome = await outcomeOf(
      testNode({ now: 1_900_000_000 }),
      unreachable("dead"),
      memorySource(soundFiles(), "abandoned"),
    );
    assert.ok(outcome instanceof ReceiverError);
    assert.equal(outcome.code, "CLOCK_AHEAD");
    assert.match(outcome.message, /from abandoned expired .*; nor from elsewhere: .*from dead/);
    assert.ok(outcome.cause instanceof AggregateError && outcome.cause.errors.length === 2);
  });

  it("must be at least one", async () => {
    const outcome = await outcomeOf(testNode());
    assert.ok(outcome instanceof ReceiverError);
    assert.equal(outcome.code, "UNREACHABLE");
    assert.match(outcome.hint ?? "", /name a repository/);
  });

  it("are asked for what is not known alone", async () => {
    const node = testNode();
    await outcomeOf(node, memorySource(soundFiles()));
    const again = memorySource(soundFiles());
    await outcomeOf(node, again);
    assert.deepEqual(
      again.requests.map(({ path }) => path).filter((path) => path.startsWith("metadata/")),
      ["metadata/2.root.json", "metadata/timestamp.json"],
    );
  });
});
