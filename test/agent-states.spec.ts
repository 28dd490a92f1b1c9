/** docs/agent-states.md is what the agent's table of transitions gives. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { statesDocument } from "@slipway/agent";
import { describe, it } from "mocha";

const DOCUMENT = path.resolve(import.meta.dirname, "../docs/agent-states.md");

describe("docs/agent-states.md", () => {
  it("is what the table of transitions gives", () => {
    const document = statesDocument();
    // The one way to bring the document up to date: SLIPWAY_RENEW=1 npm test -- --grep agent-states.md
    if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(DOCUMENT, document);
    assert.equal(readFileSync(DOCUMENT, "utf8"), document);
  });
});
