import assert from "node:assert/strict";
import type { DemoReport, SceneReport } from "@slipway/composer";
import { describe, it } from "mocha";
import { runInMemory } from "../support/a-world.ts";

const scene: SceneReport = {
  id: "rollback",
  title: "somebody goes back",
  seconds: 75,
  secondsToReset: 5.2,
  resets: 1,
  traffic: {
    polls: 3,
    requests: 7,
    bytes: { metadata: 2048, delta: 1024, index: 0, full: 0 },
  },
  status: { state: "steady", version: "1", blessed: true, rollback: undefined, forbidden: ["2"] },
  history: [{ kind: "rolled-back", at: 1, version: "2", reason: "the demonstration says so" }],
  idle: { seconds: 44, polls: 20 },
};

const report: DemoReport = {
  architecture: "x86_64",
  releases: [
    {
      ...{ version: "2", whatItIs: "with updates", roothash: "ab", updates: 3 },
      ...{ bytes: 3 * 2 ** 20, fullBytes: 2 * 2 ** 20, deltaBytes: 1024 },
    },
  ],
  scenes: [scene],
  buildSeconds: 250,
  storySeconds: 500,
  seconds: 540,
};

describe("slipway demo", () => {
  it("tells scene by scene on the screen, and sums up in the end", async () => {
    const ran = await runInMemory(["demo"], {
      composer: {
        runDemo: async ({ onScene }) => {
          onScene(scene);
          return report;
        },
      },
    });
    assert.equal(ran.status, 0);
    assert.ok(
      ran.stderr.includes(`somebody goes back
  took       1 min 15 s, 5.2 s until the node restarted, 1 restart
  fetched    7 requests: 1.0 KiB delta, 2.0 KiB metadata
  history    rolled-back 2 (the demonstration says so)
  after that 20 looks at the repository in 44.0 s, and nothing was installed
  now        release 1, blessed; a rollback would reach none; refused: 2
`),
      ran.stderr,
    );
    assert.equal(
      ran.stdout,
      `release 2  3.0 MiB, in full 2.0 MiB, as a delta 1.0 KiB: with updates (packages in other versions: 3)
9 min 00 s in all (x86_64): built in 4 min 10 s and told in 8 min 20 s, most of it side by side
`,
    );
  });

  it("prints one document with --json", async () => {
    const ran = await runInMemory(["demo", "--json"], {
      composer: { runDemo: async () => report },
    });
    assert.deepEqual(JSON.parse(ran.stdout), JSON.parse(JSON.stringify(report)));
  });
});
