/** The pages of docs/reference are what the programs say of themselves. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import {
  agentCliDocument,
  apiDocument,
  errorsDocument,
  settingsDocument,
} from "@slipway/agent/cli";
import { cliDocument } from "@slipway/cli";
import { describe, it } from "mocha";

const REFERENCES = path.resolve(import.meta.dirname, "../docs/reference");

const PAGES: readonly (readonly [string, () => string | Promise<string>])[] = [
  ["agent-cli.md", agentCliDocument],
  ["agent-settings.md", settingsDocument],
  ["agent-errors.md", errorsDocument],
  ["agent-api.md", apiDocument],
  ["slipway-cli.md", cliDocument],
];

describe("docs/reference", () => {
  for (const [name, made] of PAGES)
    it(`${name} is what the program says`, async () => {
      const document = await made();
      const file = path.join(REFERENCES, name);
      // The one way to bring a page up to date: SLIPWAY_RENEW=1 npm test -- --grep docs/reference
      if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(file, document);
      assert.equal(readFileSync(file, "utf8"), document);
    });
});
