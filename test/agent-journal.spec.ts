/** docs/journal.md is what the agent's table of messages gives. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { journalDocument } from "@slipway/agent";
import { describe, it } from "mocha";

const DOCUMENT = path.resolve(import.meta.dirname, "../docs/journal.md");

describe("docs/journal.md", () => {
  it("is what the table of messages gives", () => {
    const document = journalDocument();
    // The one way to bring the document up to date: SLIPWAY_RENEW=1 npm test -- --grep journal.md
    if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(DOCUMENT, document);
    assert.equal(readFileSync(DOCUMENT, "utf8"), document);
  });
});
