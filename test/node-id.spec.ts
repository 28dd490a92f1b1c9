/** Two programs know who a node is: the one that keeps its id on the first boot, and the agent where none is kept. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { nodeIdOf } from "@slipway/agent";
import { nodeFiles } from "@slipway/composer/testing";
import { describe, it } from "mocha";

const MACHINE = "0123456789abcdef0123456789abcdef";

describe("the key of node ids", () => {
  it("is the same for the agent as for whoever keeps the id", () => {
    const script = nodeFiles().find(({ path }) => path.endsWith("/keep-identity"))?.text ?? "";
    const key = /^readonly NODE_ID_KEY=([0-9a-f]{32})$/m.exec(script)?.[1];
    assert.ok(key !== undefined);
    const digest = createHmac("sha256", Buffer.from(MACHINE, "hex"))
      .update(Buffer.from(key, "hex"))
      .digest("hex");
    // All but the six bits that make a UUID of version 4 of it.
    assert.equal(nodeIdOf(MACHINE).slice(0, 13), `${digest.slice(0, 8)}-${digest.slice(8, 12)}`);
  });
});
