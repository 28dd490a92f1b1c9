import assert from "node:assert/strict";
import { encodeHealthChecks, JUDGED } from "@slipway/release";
import { describe, it } from "mocha";
import { decideVerdict } from "../../src/verdict/decide.ts";
import { whileTimePasses } from "../health/trials.ts";
import { aNode, type FakeNode } from "./node.ts";

const decide = async (
  { ports, clock, pace }: FakeNode,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> => {
  const decision = await whileTimePasses(decideVerdict(ports, signal), clock, pace);
  return decision.kind === "decided" ? decision.verdict.verdict : decision.kind;
};

const FAILING = encodeHealthChecks({
  checks: [
    {
      ...{ name: "app", level: "required", timeoutSeconds: 10, intervalSeconds: 5 },
      look: { kind: "file", what: { path: "/run/app-is-ready" } },
    },
  ],
});

describe("a process that was to judge", () => {
  it("leaves word of having done so where the node stays up, and only there", async () => {
    await using good = await aNode();
    assert.equal(await decide(good), "good");
    assert.equal(await good.read(JUDGED), "decided\n");

    await using uncounted = await aNode({ facts: { counted: false } });
    assert.equal(await decide(uncounted), "none");
    assert.equal(await uncounted.read(JUDGED), "none\n");

    await using bad = await aNode();
    await bad.write("/usr/lib/slipway/health.d/50-image.json", FAILING);
    await bad.write(JUDGED, "of the boot before a soft reboot");
    assert.equal(await decide(bad), "bad");
    assert.equal(await bad.read(JUDGED), undefined);
  });

  it("leaves none where it was ended before", async () => {
    await using node = await aNode();
    assert.equal(await decide(node, AbortSignal.abort()), "interrupted");
    assert.equal(await node.read(JUDGED), undefined);
  });
});
