import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { NodeHas, ReleaseManifest, Transport } from "../../src/index.ts";
import { rankWays } from "../../src/index.ts";
import { digest, MANIFEST } from "../support/documents.ts";

const FULL: Transport = {
  of: "root",
  format: "frames-1",
  file: { size: 108_000_000, sha256: digest("6") },
};
const INDEX: Transport = {
  of: "root",
  format: "index-1",
  file: { size: 45_000, sha256: digest("9") },
};
const delta = (version: string, size: number, sha256: string): Transport => ({
  of: "root",
  format: "delta-1",
  from: { version, sha256: digest("7") },
  file: { size, sha256 },
});
const DELTA = delta("42.0", 4_200_000, digest("8"));

const manifest = (...transports: readonly Transport[]): ReleaseManifest => ({
  ...MANIFEST,
  transports,
});
const ALL = manifest(FULL, INDEX, DELTA);

const kinds = (of: ReleaseManifest, node: Partial<NodeHas>): readonly string[] =>
  rankWays(of, "root", { artifacts: [], hasIndexes: false, ...node }).ways.map(({ kind }) => kind);

describe("the ways to an artifact", () => {
  const had = [digest("7")];

  it("are delta, index and full, as far as the node has what they need", () => {
    assert.deepEqual(kinds(ALL, { artifacts: had, hasIndexes: true }), ["delta", "index", "full"]);
    assert.deepEqual(kinds(ALL, { hasIndexes: true }), ["index", "full"]);
    assert.deepEqual(kinds(ALL, { artifacts: [digest("f")] }), ["full"]);
    assert.deepEqual(kinds(ALL, { artifacts: had }), ["delta", "full"]);
  });

  it("go by bytes, once an index is planned by those that it really takes", () => {
    const dear = manifest(FULL, INDEX, delta("42.0", 107_000_000, digest("8")));
    const node = { artifacts: had, hasIndexes: true };
    assert.deepEqual(kinds(dear, node), ["index", "delta", "full"]);
    assert.deepEqual(kinds(dear, { ...node, plannedIndexBytes: 107_500_000 }), [
      "delta",
      "index",
      "full",
    ]);
    assert.deepEqual(kinds(dear, { ...node, plannedIndexBytes: 108_000_001 }), [
      "delta",
      "full",
      "index",
    ]);
    assert.deepEqual(kinds(ALL, { ...node, plannedIndexBytes: 4_199_999 })[0], "index");
    assert.deepEqual(kinds(ALL, { ...node, plannedIndexBytes: 4_200_000 })[0], "delta");
  });

  it("count what is done already", () => {
    const node = { artifacts: had, doneBytes: 104_000_000 };
    assert.deepEqual(kinds(ALL, node), ["full", "delta"]);
  });

  it("leave out what failed, and what needs it", () => {
    const node = { artifacts: had, hasIndexes: true };
    assert.deepEqual(kinds(ALL, { ...node, failed: [DELTA.file.sha256] }), ["index", "full"]);
    assert.deepEqual(kinds(ALL, { ...node, failed: [FULL.file.sha256] }), ["delta"]);
  });

  it("say why a transport is passed over", () => {
    const other: Transport = { of: "root", format: "swarm-3", file: FULL.file };
    const uki: Transport = { ...FULL, of: "uki" };
    const { ways, passedOver } = rankWays(manifest(INDEX, DELTA, other, uki), "root", {
      artifacts: [],
      hasIndexes: true,
    });
    assert.deepEqual(ways, []);
    assert.deepEqual(
      passedOver.map(({ reason }) => reason),
      [
        "has no frames to fetch from",
        "leads away from 42.0, which is in no slot",
        "is of the format swarm-3, which this agent does not know",
      ],
    );
    const without = rankWays(ALL, "root", { artifacts: had, hasIndexes: false }).passedOver;
    assert.deepEqual(
      without.map(({ reason }) => reason),
      ["needs an index of what is in a slot, and there is none"],
    );
  });
});
