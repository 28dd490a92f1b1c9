import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { summarize } from "@slipway/release";
import { signedByArchitecture } from "../../src/repository/contents.ts";
import { addToChannel, findingsOf } from "../../src/repository/edit-channel.ts";
import { channel, complete, DAY, NOW, published } from "./support/published.ts";

const SALT = "5a".repeat(16);
const QUICK = { waves: [{ share: 10_000, duration: 3600, soak: 0 }], groups: new Map() };

const edit = (version: string, policy?: typeof QUICK) => ({
  image: "base",
  name: "stable",
  version,
  policy,
  salt: SALT,
  now: NOW,
});

describe("putting a release on a channel", () => {
  it("makes the channel where there is none, with waves from now on", () => {
    const { channel: made, changed, lost } = addToChannel(undefined, edit("1", QUICK));
    assert.deepEqual(made, {
      image: "base",
      name: "stable",
      rollouts: [
        {
          version: "1",
          salt: SALT,
          waves: [{ share: 10_000, start: NOW, duration: 3600, soak: 0 }],
          groups: new Map(),
        },
      ],
    });
    assert.deepEqual([changed, lost], [true, []]);
  });

  it("begins slowly when nobody says how", () => {
    const { channel: made } = addToChannel(undefined, edit("1"));
    assert.equal(made.rollouts[0]?.waves[0]?.share, 100);
  });

  it("leaves a release that is on it as it is, unless it is told anew", () => {
    const before = channel("stable", complete("1"), complete("2"));
    assert.deepEqual(addToChannel(before, edit("1")), {
      channel: before,
      changed: false,
      lost: [],
    });
  });

  it("keeps the salt and a pause of a release that is planned anew, and says who loses an offer", () => {
    const hold = { kind: "paused", since: NOW - 10, reason: "looking" } as const;
    const before = channel("stable", complete("1", { hold }));
    const { channel: after, lost } = addToChannel(before, edit("1", QUICK));
    assert.equal(after.rollouts[0]?.salt, before.rollouts[0]?.salt);
    assert.deepEqual(after.rollouts[0]?.hold, hold);
    assert.deepEqual(
      lost.map(({ rule }) => rule),
      ["offer-lost"],
    );
  });
});

describe("judging a channel", () => {
  const signedFor = (...releases: readonly ReturnType<typeof published>[]) =>
    signedByArchitecture(
      releases.map(({ manifest }) => ({ summary: summarize(manifest) })),
      "base",
    );

  it("does not ask for every architecture", () => {
    const signed = signedFor(published("1"), published("2", { architecture: "aarch64" }));
    assert.deepEqual(findingsOf(channel("stable", complete("1"), complete("2")), signed), []);
  });

  it("refuses a release that is signed for none", () => {
    const found = findingsOf(
      channel("stable", complete("1"), complete("2")),
      signedFor(published("1")),
    );
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ["not-signed"],
    );
    assert.equal(findingsOf(channel("stable", complete("1")), new Map()).length, 1);
  });

  it("finds a falling security epoch in one architecture among two", () => {
    const signed = signedFor(
      published("1"),
      published("2"),
      published("1", { architecture: "aarch64", securityEpoch: 2 }),
      published("2", { architecture: "aarch64", securityEpoch: 1 }),
    );
    const found = findingsOf(channel("stable", complete("1"), complete("2")), signed);
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ["epoch-falls"],
    );
  });

  it("says a thing once, however many architectures have it", () => {
    const waves = [{ share: 100, start: NOW - DAY, duration: 0, soak: 0 }];
    const signed = signedFor(published("1"), published("1", { architecture: "aarch64" }));
    assert.equal(findingsOf(channel("stable", complete("1", { waves })), signed).length, 1);
  });
});
