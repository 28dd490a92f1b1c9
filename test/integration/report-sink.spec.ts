/** A report in a real file: whole, and its owner's alone. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileSink, type Report } from "@slipway/agent";
import { describe, it } from "mocha";
import { scratchDirectory } from "../support/release.ts";

const REPORT: Report = {
  schema: 1,
  madeAt: 1,
  agent: "1",
  node: {
    image: "edge",
    architecture: "x86_64",
    channel: "stable",
    strategy: "manual",
    repository: [],
  },
  machine: { disks: [], links: [] },
  slots: {
    booted: { version: "1", roothash: "a".repeat(64), slot: "a", standing: "good" },
  },
  degraded: [],
  state: { kind: "steady" },
  floor: 0,
  forbidden: [],
  why: [],
  history: [],
  historyLeftOut: 0,
};

describe("the file of reports", () => {
  const scratch = scratchDirectory("report-sink");

  it("has the last report, whole, for its owner alone", async () => {
    const file = path.join(scratch, "report.json");
    const sink = fileSink(file);
    await sink.deliver(REPORT);
    await sink.deliver({ ...REPORT, madeAt: 2 });
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { ...REPORT, madeAt: 2 });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(scratch), ["report.json"]);
  });
});
