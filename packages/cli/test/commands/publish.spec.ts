import assert from "node:assert/strict";
import type { PublishOptions, PublishReport, VerifyReport } from "@slipway/composer";
import { describe, it } from "mocha";
import { parsePolicy } from "../../src/arguments/policy.ts";
import { readListen } from "../../src/commands/repo/serve.ts";
import { runInMemory } from "../support/a-world.ts";
import { failsWith } from "../support/fails-with.ts";

const sha256 = "ab".repeat(32);

const REPORT: PublishReport = {
  image: "base",
  version: "42",
  releases: [
    {
      architecture: "x86_64",
      outcome: "published",
      transports: [
        { of: "root", format: "frames-1", file: { size: 90 * 2 ** 20, sha256 } },
        { of: "uki", format: "frames-1", file: { size: 10 * 2 ** 20, sha256 } },
        {
          of: "root",
          format: "delta-1",
          from: { version: "41", sha256 },
          file: { size: 4_200_000, sha256 },
        },
      ],
    },
    { architecture: "aarch64", outcome: "unchanged", transports: [] },
  ],
  channel: { name: "stable", outcome: "changed" },
  warnings: [
    {
      level: "warning",
      rule: "never-complete",
      message: "the waves of 42 end at 5 % of the nodes",
      hint: "add a last wave",
      path: [],
    },
  ],
};

const POLICY = "waves: [{percent: 5, duration: 2h}, {percent: 100}]\n";

const publishing = async (
  args: readonly string[],
  texts: Readonly<Record<string, string>> = {},
) => {
  let asked: PublishOptions | undefined;
  const ran = await runInMemory(["publish", "d", "--repo", "r", "--keys", "k", ...args], {
    texts,
    composer: {
      openKeys: async () => ({}) as never,
      publish: async (options) => {
        asked = options;
        return REPORT;
      },
    },
  });
  return { ...ran, asked };
};

describe("slipway publish", () => {
  it("says what a node fetches on each way, and what to think about", async () => {
    const { status, stdout, stderr } = await publishing([]);
    assert.equal(status, 0, stderr);
    assert.equal(
      stdout,
      `base 42 for x86_64: published
  frames-1                  100.0 MiB
  delta-1 from 41             4.0 MiB
base 42 for aarch64: was published already, with the same bytes
channel stable: offers it now
`,
    );
    assert.match(stderr, /the waves of 42 end at 5 % of the nodes; add a last wave/);
  });

  it("prints one document for programs", async () => {
    const { stdout } = await publishing(["--json"]);
    const document = JSON.parse(stdout) as {
      releases: readonly { transports: readonly unknown[] }[];
    };
    assert.deepEqual(document.releases[0]?.transports[2], {
      of: "root",
      format: "delta-1",
      from: "41",
      size: 4_200_000,
      sha256,
    });
  });

  it("passes the policy of the rollout on, and draws another salt each time", async () => {
    const { asked, stderr } = await publishing(["--channel", "stable", "--rollout", "p.yaml"], {
      "/project/p.yaml": POLICY,
    });
    assert.deepEqual(
      asked?.channel,
      {
        name: "stable",
        policy: {
          waves: [
            { share: 500, duration: 7200, soak: 0 },
            { share: 10_000, duration: 0, soak: 0 },
          ],
          groups: new Map(),
        },
      },
      stderr,
    );
    assert.match(asked?.drawSalt() ?? "", /^[0-9a-f]{32}$/);
    assert.notEqual(asked?.drawSalt(), asked?.drawSalt());
  });

  it("refuses a policy with everything that is wrong with it", async () => {
    const text = "waves: [{percent: 0, speed: 3}]\nwave: []\n";
    const { status, stderr, asked } = await publishing(
      ["--channel", "stable", "--rollout", "p.yaml"],
      { "/project/p.yaml": text },
    );
    assert.deepEqual([status, asked], [3, undefined]);
    assert.match(stderr, /error \[INVALID_POLICY\]: \/project\/p\.yaml: /);
    for (const part of ["percent", "speed", "wave"]) assert.ok(stderr.includes(part), part);
    const missing = await publishing(["--channel", "stable", "--rollout", "none.yaml"]);
    assert.match(missing.stderr, /INVALID_POLICY.*none\.yaml: cannot be read/);
    failsWith(() => parsePolicy("p.yaml", "waves: ["), {
      code: "INVALID_POLICY",
      message: /not YAML/,
    });
  });
});

describe("slipway repo", () => {
  const verifying = (report: VerifyReport, ...args: readonly string[]) =>
    runInMemory(["repo", "verify", "--repo", "r", ...args], {
      composer: { verifyRepository: async () => report },
    });
  const checked = { releases: 1, channels: 2, files: 30, bytes: 2 ** 20 };

  it("verify says that all is good, or names each file and fails", async () => {
    const good = await verifying({ problems: [], strangers: [], checked });
    assert.deepEqual(
      [good.status, good.stdout],
      [0, "good: 1 release, 2 channels, 30 files, 1.0 MiB read\n"],
    );
    const bad = await verifying({
      problems: [
        { file: "blobs/ab/abab", kind: "broken", message: "is not there" },
        { file: "metadata/timestamp.json", kind: "expired", message: "expired at noon" },
      ],
      strangers: ["blobs/x\u001b[2J"],
      checked,
    });
    assert.equal(bad.status, 1);
    assert.match(bad.stdout, /^BROKEN blobs\/ab\/abab is not there\nEXPIRED metadata\/timestamp/);
    assert.ok(!bad.stdout.includes("\u001b"), "control characters of a name reach the terminal");
  });

  it("gc says what went and what waits", async () => {
    const { stdout, status } = await runInMemory(
      ["repo", "gc", "--repo", "r", "--keys", "k", "--keep", "2", "--grace", "1"],
      {
        composer: {
          openKeys: async () => ({}) as never,
          collectGarbage: async ({ keep, graceSeconds, dryRun }) => {
            assert.deepEqual([keep, graceSeconds, dryRun], [2, 3600, false]);
            return {
              releases: ["releases/base/1/x86_64.json"],
              channels: ["base/stable"],
              files: { removed: 1, removedBytes: 2048, waiting: 3, waitingBytes: 4096 },
            };
          },
        },
      },
    );
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `releases/base/1/x86_64: taken out
channel base/stable: shorter
1 file removed (2.0 KiB)
3 files (4.0 KiB) wait until clients on their way have finished; the next run after that removes them
`,
    );
  });

  for (const [args, message] of [
    [["gc", "--repo", "r", "--keys", "k"], /--keep is missing/],
    [["gc", "--repo", "r", "--keys", "k", "--keep", "0"], /--keep is '0'/],
    [["gc", "--repo", "r", "--keep", "1"], /--keys is missing/],
    [["verify"], /--repo is missing/],
    [["export", "--repo", "r", "--image", "i", "--arch", "x86_64"], /FILE is missing/],
    [["export", "f", "--repo", "r", "--arch", "x86_64"], /--image is missing/],
    [["export", "f", "--repo", "r", "--image", "i"], /--arch is missing/],
    [
      [
        "export",
        "f",
        "--repo",
        "r",
        "--image",
        "i",
        "--arch",
        "x86_64",
        "--version",
        "1",
        "--channel",
        "c",
      ],
      /exclude each other/,
    ],
    [["serve", "--repo", "r", "--listen", "8080"], /--listen is '8080'/],
    [["serve", "--repo", "r", "--listen", "127.0.0.1:70000"], /--listen is '70000'/],
  ] as const)
    it(`${args.join(" ")} is refused`, async () => {
      const { status, stderr } = await runInMemory(["repo", ...args]);
      assert.equal(status, 2);
      assert.match(stderr, message);
    });

  it("serve listens where it is told to", () => {
    assert.deepEqual(readListen("127.0.0.1:0"), { host: "127.0.0.1", port: 0 });
    assert.deepEqual(readListen("[::1]:8080"), { host: "::1", port: 8080 });
  });
});
