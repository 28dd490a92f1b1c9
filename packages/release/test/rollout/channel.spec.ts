import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Channel,
  checkChannel,
  decodeChannel,
  encodeChannel,
  lostOffers,
  parseChannelFile,
  pauseRollout,
  resumeRollout,
  type Rollout,
  type Wave,
  withdrawRollout,
} from "@slipway/release";
import { bytesOf, completeRollout, refusalsOf, START, valueOf } from "../support/documents.ts";

const wave = (share: number, start: number, duration = 100, soak = 0): Wave => ({
  share,
  start: START + start,
  duration,
  soak,
});

const salted = (version: string, digit: string, fields: Partial<Rollout> = {}): Rollout =>
  completeRollout(version, { salt: digit.repeat(32), ...fields });

const channelOf = (...rollouts: readonly Rollout[]): Channel => ({
  image: "base",
  name: "stable",
  rollouts,
});

const decode = (channel: Channel) => decodeChannel(JSON.parse(encodeChannel(channel)));

const FULL = channelOf(
  salted("1", "1", { landmark: { kind: "dead-end", reason: "it lost its keys" } }),
  salted("2", "2", {
    waves: [wave(100, 0), wave(10_000, 200)],
    groups: new Map([
      ["canary", [wave(10_000, 0, 0)]],
      ["frozen", []],
    ]),
    landmark: { kind: "barrier", reason: "it moves the ledger" },
    hold: { kind: "paused", since: START + 50, reason: "looking into it" },
    minimalAgent: "1.1",
  }),
  salted("3", "3", { waves: [], hold: { kind: "withdrawn", reason: "it does not boot" } }),
);

describe("a channel", () => {
  it("has one text, which never changes for a given schema", () => {
    const text =
      '{"image":"base","name":"stable","rollouts":[' +
      '{"groups":{},"landmark":{"kind":"dead-end","reason":"it lost its keys"},"salt":"11111111111111111111111111111111","version":"1",' +
      '"waves":[{"duration":0,"share":10000,"soak":0,"start":1799996400}]},' +
      '{"groups":{"canary":[{"duration":0,"share":10000,"soak":0,"start":1800000000}],"frozen":[]},' +
      '"hold":{"kind":"paused","reason":"looking into it","since":1800000050},' +
      '"landmark":{"kind":"barrier","reason":"it moves the ledger"},"minimalAgent":"1.1","salt":"22222222222222222222222222222222",' +
      '"version":"2","waves":[{"duration":100,"share":100,"soak":0,"start":1800000000},{"duration":100,"share":10000,"soak":0,"start":1800000200}]},' +
      '{"groups":{},"hold":{"kind":"withdrawn","reason":"it does not boot"},"salt":"33333333333333333333333333333333","version":"3","waves":[]}' +
      '],"schema":1}';
    assert.equal(encodeChannel(FULL), text);
    assert.deepEqual(valueOf(parseChannelFile(bytesOf(text))), FULL);
  });

  const REFUSED: readonly (readonly [string, Channel, string])[] = [
    [
      "overlapping waves",
      channelOf(salted("1", "1", { waves: [wave(1, 0), wave(2, 99)] })),
      "waves-overlap at rollouts.0.waves.1.start",
    ],
    [
      "a soak cut short",
      channelOf(salted("1", "1", { waves: [wave(1, 0, 100, 50), wave(2, 149)] })),
      "soak-cut-short at rollouts.0.waves.1.start",
    ],
    [
      "a share that does not rise",
      channelOf(salted("1", "1", { waves: [wave(2, 0), wave(2, 100)] })),
      "share-not-rising at rollouts.0.waves.1.share",
    ],
    [
      "the same in a group",
      channelOf(salted("1", "1", { groups: new Map([["g", [wave(2, 0), wave(1, 100)]]]) })),
      "share-not-rising at rollouts.0.groups.g.1.share",
    ],
    [
      "a version twice",
      channelOf(salted("1.0", "1"), salted("1.00", "2")),
      "duplicate-version at rollouts.1.version",
    ],
    [
      "a salt twice",
      channelOf(salted("1", "1"), salted("2", "1")),
      "salt-reused at rollouts.1.salt",
    ],
    ["a short salt", channelOf(salted("1", "1", { salt: "12" })), "bad-shape at rollouts.0.salt"],
    [
      "a share beyond all",
      channelOf(salted("1", "1", { waves: [wave(10_001, 0)] })),
      "out-of-range at rollouts.0.waves.0.share",
    ],
    [
      "no share",
      channelOf(salted("1", "1", { waves: [wave(0, 0)] })),
      "out-of-range at rollouts.0.waves.0.share",
    ],
    [
      "a wave of years",
      channelOf(salted("1", "1", { waves: [wave(1, 0, 10 ** 8)] })),
      "out-of-range at rollouts.0.waves.0.duration",
    ],
    [
      "an odd group",
      channelOf(salted("1", "1", { groups: new Map([["__proto__", []]]) })),
      "bad-shape at rollouts.0.groups.__proto__",
    ],
    [
      "51 waves",
      channelOf(
        salted("1", "1", { waves: Array.from({ length: 51 }, (_, i) => wave(i + 1, i * 100)) }),
      ),
      "too-many at rollouts.0.waves",
    ],
    [
      "65 groups",
      channelOf(
        salted("1", "1", { groups: new Map(Array.from({ length: 65 }, (_, i) => [`g${i}`, []])) }),
      ),
      "too-many at rollouts.0.groups",
    ],
    [
      "a reason of two lines",
      channelOf(salted("1", "1")),
      "bad-shape at rollouts.0.landmark.reason",
    ],
  ];
  for (const [what, channel, refusal] of REFUSED)
    it(`is refused with ${what}`, () => {
      const document = JSON.parse(encodeChannel(channel)) as { rollouts: object[] };
      if (what.startsWith("a reason"))
        Object.assign(document.rollouts[0] ?? {}, {
          landmark: { kind: "barrier", reason: "a\nb" },
        });
      assert.deepEqual(refusalsOf(decodeChannel(document)), [refusal]);
    });

  it("is refused whole when a member of it is of another type", () => {
    assert.deepEqual(refusalsOf(decodeChannel({ schema: 1, image: 1, rollouts: {} })), [
      "wrong-type at image",
      "missing at name",
      "wrong-type at rollouts",
    ]);
    for (const value of [null, [], "x", 1]) assert.ok(!decodeChannel(value).ok);
  });

  it("may have a wave begin the second that the one before has soaked", () => {
    const waves = [wave(1, 0, 100, 50), wave(2, 150), wave(3, 250)];
    assert.ok(decode(channelOf(salted("1", "1", { waves }))).ok);
  });

  it("of a thousand releases is decoded; one more is too many", () => {
    const rollouts = Array.from({ length: 1001 }, (_, index) =>
      completeRollout(`1.${index}`, { salt: index.toString(16).padStart(32, "0") }),
    );
    assert.equal(valueOf(decode(channelOf(...rollouts.slice(1)))).rollouts.length, 1000);
    assert.deepEqual(refusalsOf(decode(channelOf(...rollouts))), ["too-many at rollouts"]);
  });
});

describe("checking a channel before it is signed", () => {
  const signed = new Map(["1", "2", "3"].map((version) => [version, { securityEpoch: 1 }]));
  const check = (channel: Channel, epochs = signed): readonly string[] =>
    checkChannel(channel, epochs).map(
      ({ level, rule, path }) => `${level} ${rule} at ${path.join(".")}`,
    );

  it("finds nothing in a good one", () => {
    assert.deepEqual(check(channelOf(salted("3", "3"), salted("1", "1"))), []);
  });

  it("finds a release that the image role did not sign", () => {
    assert.deepEqual(check(channelOf(salted("1", "1"), salted("4", "4"))), [
      "error not-signed at rollouts.1.version",
    ]);
  });

  it("finds a security epoch that falls from one version to the next, in whatever order they are listed", () => {
    const epochs = new Map([...signed, ["2", { securityEpoch: 2 }] as const]);
    assert.deepEqual(
      check(channelOf(salted("3", "3"), salted("2", "2"), salted("1", "1")), epochs),
      ["error epoch-falls at rollouts.0.version"],
    );
  });

  it("finds barriers that nobody, or not everybody, gets past", () => {
    const landmark = { kind: "barrier", reason: "r" } as const;
    const withdrawn = withdrawRollout(salted("1", "1", { landmark }), "bad");
    const partial = salted("2", "2", { landmark, waves: [wave(5000, 0)] });
    assert.deepEqual(check(channelOf(withdrawn, partial)), [
      "error barrier-impassable at rollouts.0.hold",
      "warning barrier-impassable at rollouts.1.waves",
    ]);
  });

  it("mentions waves that end before the whole fleet", () => {
    assert.deepEqual(check(channelOf(salted("1", "1", { waves: [wave(5000, 0)] }))), [
      "warning never-complete at rollouts.0.waves",
    ]);
  });
});

describe("editing a channel", () => {
  const running = salted("2", "2", { waves: [wave(1000, 0, 100), wave(10_000, 200, 100)] });
  const now = START + 150;
  const losses = (after: Rollout, before = running): readonly string[] =>
    lostOffers(channelOf(before), channelOf(after), now).map(({ message }) =>
      message.replace(/^.*: /, ""),
    );

  it("names who loses an offer, and by what", () => {
    assert.deepEqual(losses({ ...running, salt: "3".repeat(32) }), [
      "its salt is another, so the share of all nodes are other nodes",
    ]);
    assert.deepEqual(losses({ ...running, waves: [wave(500, 0, 100)] }), [
      "the share of all nodes falls from 10 % to 5 %",
    ]);
    assert.deepEqual(losses({ ...running, groups: new Map([["lab", []]]) }), [
      "the share of group lab falls from 10 % to 0 %",
    ]);
    assert.deepEqual(losses(withdrawRollout(running, "bad")), ["it is withdrawn"]);
    assert.deepEqual(losses(pauseRollout(running, START + 50, "r")), [
      "the share of all nodes falls from 10 % to 5 %",
    ]);
    assert.deepEqual(losses({ ...running, landmark: { kind: "dead-end", reason: "r" } }), [
      "it is a dead end now",
    ]);
    assert.deepEqual(losses({ ...running, minimalAgent: "2" }), [
      "it asks for an agent from 2 on now",
    ]);
    assert.deepEqual(losses({ ...running, version: "9" }), ["it is no longer on the channel"]);
  });

  it("names releases that a new barrier puts out of reach", () => {
    const old = salted("1", "1");
    const barrier: Rollout = { ...old, landmark: { kind: "barrier", reason: "r" } };
    assert.deepEqual(
      lostOffers(channelOf(old, running), channelOf(barrier, running), now).map(
        ({ message, path }) => `${path.join(".")}: ${message}`,
      ),
      [
        "rollouts.1: nodes that are offered 2 would be offered it no more: older nodes have to pass through 1 first now",
      ],
    );
  });

  it("has nothing to say of a new salt once all nodes are offered the release", () => {
    assert.deepEqual(losses(salted("2", "3"), salted("2", "2")), []);
  });

  it("has nothing to say before anybody was offered the release", () => {
    const future = { ...running, waves: [wave(1000, 1000)] };
    assert.deepEqual(losses({ ...future, salt: "3".repeat(32) }, future), []);
  });

  it("keeps the earlier of two pauses, and does not revive what was withdrawn", () => {
    const paused = pauseRollout(pauseRollout(running, now, "a"), now + 10, "b");
    assert.deepEqual(paused.hold, { kind: "paused", since: now, reason: "b" });
    const withdrawn = withdrawRollout(running, "bad");
    assert.equal(pauseRollout(withdrawn, now, "a"), withdrawn);
    assert.equal(resumeRollout(withdrawn, now), withdrawn);
    assert.equal(resumeRollout(running, now), running);
  });

  it("moves a wave that was to begin with the pause, whole", () => {
    const resumed = resumeRollout(pauseRollout(running, START + 200, "r"), START + 1200);
    assert.deepEqual(resumed.waves, [wave(1000, 0, 100), wave(10_000, 1200, 100)]);
  });

  it("splits a wave that a pause stopped half way", () => {
    const resumed = resumeRollout(pauseRollout(running, START + 250, "r"), START + 1250);
    assert.deepEqual(resumed.waves, [
      wave(1000, 0, 100),
      wave(5500, 200, 50),
      wave(10_000, 1250, 50),
    ]);
  });
});
