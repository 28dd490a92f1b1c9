import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Channel } from "@slipway/release";
import { chooseNearest, choosePredecessors } from "../../src/repository/choose-predecessors.ts";
import { planPublication } from "../../src/repository/plan-publish.ts";
import { built, channel, complete, digest, published } from "./support/published.ts";

const directory = (version: string, fields = {}) => ({
  directory: `/out/base/${version}/x86_64`,
  manifest: built(version, fields),
});

describe("publishing a version", () => {
  it("is new work when nobody has it, with the facts of the release before it", () => {
    const releases = [
      published("1", { securityEpoch: 3, minimalAgent: "1.5" }),
      published("3", { securityEpoch: 9 }),
      published("2", { architecture: "aarch64", securityEpoch: 7 }),
    ];
    const plan = planPublication(directory("2"), {}, releases);
    assert.ok(plan.kind === "new");
    assert.deepEqual(
      [plan.manifest.securityEpoch, plan.manifest.agent.minimal, plan.manifest.transports],
      [3, "1.5", []],
    );
  });

  it("takes what is said of it", () => {
    const given = { securityEpoch: 4, minimalAgent: "2", includedAgent: "2.1" };
    const plan = planPublication(directory("2"), given, [published("1", { securityEpoch: 3 })]);
    assert.ok(plan.kind === "new");
    assert.deepEqual(
      [plan.manifest.securityEpoch, plan.manifest.agent],
      [4, { minimal: "2", included: "2.1" }],
    );
  });

  it("names the agent that its build names, unless another is said to be in it", () => {
    const built = directory("2");
    const withAgent = { ...built, manifest: { ...built.manifest, agent: "0.3.0" } };
    const included = (given: { readonly includedAgent?: string }) => {
      const plan = planPublication(withAgent, given, []);
      assert.ok(plan.kind === "new");
      return plan.manifest.agent.included;
    };
    assert.deepEqual([included({}), included({ includedAgent: "2" })], ["0.3.0", "2"]);
  });

  it("is nothing to do when it is published with the same bytes, whatever its transports", () => {
    const release = published("2", { securityEpoch: 3 });
    assert.deepEqual(planPublication(directory("2"), {}, [release]), {
      kind: "published",
      release,
    });
    assert.equal(
      planPublication(directory("2"), { securityEpoch: 3 }, [release]).kind,
      "published",
    );
  });

  for (const [what, fields, given] of [
    ["roothash", { roothash: digest("e") }, {}],
    ["bootEntry", { bootEntry: "other.efi" }, {}],
    ["securityEpoch", {}, { securityEpoch: 1 }],
    ["agent", {}, { minimalAgent: "9" }],
  ] as const)
    it(`is refused when it is published with another ${what}`, () => {
      assert.throws(() => planPublication(directory("2", fields), given, [published("2")]), {
        code: "ALREADY_PUBLISHED",
        message: new RegExp(`base 2 for x86_64 is published already, with another ${what} `),
      });
    });
});

describe("predecessors of a release", () => {
  const releases = ["1", "2", "3", "4", "6"].map((version) => published(version));
  const five = { image: "base", version: "5", architecture: "x86_64" };
  const chosen = (on: Channel | undefined, count: number): readonly string[] =>
    choosePredecessors(releases, five, on, count).map(({ manifest }) => manifest.version);

  it("are the newest before it, newest first", () => {
    assert.deepEqual(chosen(undefined, 3), ["4", "3", "2"]);
    assert.deepEqual(chosen(undefined, 0), []);
  });

  it("are those of its channel, withdrawn ones included: nodes run them", () => {
    const hold = { kind: "withdrawn", reason: "breaks" } as const;
    const stable = channel("stable", complete("1"), complete("3", { hold }), complete("6"));
    assert.deepEqual(chosen(stable, 3), ["3", "1"]);
  });

  it("are those of the image where the channel is new", () => {
    assert.deepEqual(chosen(channel("beta"), 1), ["4"]);
  });

  it("are of the same architecture and image", () => {
    const others = [published("4", { architecture: "aarch64" })];
    assert.deepEqual(choosePredecessors(others, five, undefined, 3), []);
  });
});

describe("the release that frames are taken from", () => {
  const releases = [
    ...["6", "1", "10", "4"].map((version) => published(version)),
    published("4.5", { architecture: "aarch64" }),
  ];
  const nearest = (version: string, architecture = "x86_64"): string | undefined =>
    chooseNearest(releases, { image: "base", version, architecture })?.manifest.version;

  it("is the newest before it, or else the oldest after it, of its architecture and image", () => {
    assert.deepEqual(
      ["5", "11", "0.9"].map((version) => nearest(version)),
      ["4", "10", "1"],
    );
    assert.deepEqual([nearest("5", "aarch64"), nearest("1", "aarch64")], ["4.5", "4.5"]);
    const other = { image: "other", version: "5", architecture: "x86_64" };
    assert.equal(chooseNearest(releases, other), undefined);
  });

  it("is not the release itself, which may have been published meanwhile", () => {
    assert.deepEqual(
      [nearest("4"), nearest("1"), nearest("4.5", "aarch64")],
      ["1", "4", undefined],
    );
  });
});
