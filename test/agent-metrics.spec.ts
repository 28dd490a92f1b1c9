/** docs/metrics.md is what the agent's table of metrics gives. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { metricsDocument } from "@slipway/agent";
import { describe, it } from "mocha";

const DOCUMENT = path.resolve(import.meta.dirname, "../docs/metrics.md");

describe("docs/metrics.md", () => {
  it("is what the table of metrics gives", () => {
    const document = metricsDocument();
    // The one way to bring the document up to date: SLIPWAY_RENEW=1 npm test -- --grep metrics.md
    if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(DOCUMENT, document);
    assert.equal(readFileSync(DOCUMENT, "utf8"), document);
  });
});
