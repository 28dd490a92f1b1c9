/** Power cuts during the agent's work, ten times as many as in CI. Takes five minutes of one core, and 800 MB. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "mocha";
import { run } from "../support/release.ts";

const STATES = 1_000_000;

describe("power cuts during the agent's work, at length", function () {
  this.timeout("90m");

  it(`leave what boots on ${STATES} distinct disks`, async () => {
    const { status, stdout, stderr } = await run(
      [
        process.execPath,
        "node_modules/mocha/bin/mocha.js",
        "packages/agent/test/crash/crash.spec.ts",
      ],
      { env: { ...process.env, SLIPWAY_CRASH_STATES: String(STATES) } },
    );
    console.error(stderr);
    assert.equal(status, 0, stdout);
  });
});
