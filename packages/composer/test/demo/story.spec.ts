import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { definitionOf, type DemoSettings, RELEASES } from "../../src/demo/definitions.ts";
import { releasesOf, storyFor } from "../../src/demo/story.ts";
import { countTraffic, NO_TRAFFIC, totalBytes, trafficSince } from "../../src/demo/traffic.ts";

describe("the demonstration's story", () => {
  const story = storyFor({ idlePolls: 20, short: false });

  it("publishes every release once, in their order, and fewer when it is short", () => {
    assert.deepEqual(releasesOf(story), RELEASES);
    assert.deepEqual(releasesOf(storyFor({ idlePolls: 20, short: true })), ["1", "2", "3"]);
  });

  it("goes on from where the scene before it ended, on each node", () => {
    const main = story.filter(({ node }) => node === "first");
    for (const [index, { ends, publishes }] of main.entries()) {
      const before = main[index - 1]?.ends.booted ?? "1";
      assert.ok(ends.booted === before || ends.booted === publishes);
      // A release is either taken or refused, and refusals last.
      const refused = main[index - 1]?.ends.forbidden ?? [];
      const expected = ends.booted === publishes ? refused : [...refused, publishes];
      assert.deepEqual(ends.forbidden, expected);
    }
  });

  it("starts on a copy from where that was taken, and refuses what was gone back from", () => {
    const copies = story.filter(({ node }) => node === "copy");
    assert.deepEqual(
      copies.map(({ id }) => id),
      ["rollback", "panics"],
    );
    for (const scene of copies) {
      const before = story.slice(0, story.indexOf(scene)).findLast(({ node }) => node === "first");
      assert.ok(before);
      const { booted, forbidden } = before.ends;
      assert.deepEqual(scene.ends.forbidden, [...forbidden, scene.publishes ?? booted]);
      assert.equal(scene.ends.booted, scene.publishes === undefined ? "1" : booted);
    }
  });

  it("has definitions that differ in what the story says, and in nothing else", () => {
    const settings: DemoSettings = {
      architecture: "x86_64",
      base: "base.yaml",
      root: "root.json",
      halfAgent: "half.mjs",
      pollSeconds: 2,
    };
    const [one = "", two = "", three = "", four = "", five = ""] = RELEASES.map((release) =>
      definitionOf(release, settings)
        .replaceAll(`"version": "${release}"`, "")
        .replaceAll(`release ${release}`, ""),
    );
    assert.equal(one, two);
    assert.ok(three.includes("exit 64") && !one.includes("exit 64"));
    assert.ok(four.includes("rdinit=") && !one.includes("rdinit="));
    assert.ok(five.includes("half.mjs") && !one.includes("half.mjs"));
  });
});

describe("the demonstration's account of what was fetched", () => {
  const blob = (digit: string): string => digit.repeat(64);
  const file = (digit: string) => ({ size: 1, sha256: blob(digit) });

  it("tells deltas, indexes, full images and metadata apart, lists of contents with the last", () => {
    const { count, now, learn } = countTraffic();
    learn({
      transports: [
        { of: "root", format: "delta-1", file: file("d") },
        { of: "root", format: "index-1", file: file("1") },
        { of: "root", format: "frames-1", file: file("f") },
      ],
      contents: file("c"),
    });
    for (const digit of ["d", "1", "f", "9", "c"])
      count({ path: `/blobs/${digit}${digit}/${blob(digit)}`, status: 206, bytes: 100 });
    count({ path: "/metadata/timestamp.json", status: 200, bytes: 10 });
    count({ path: "/nothing", status: 404, bytes: 1 });
    const { bytes, polls, requests } = now();
    assert.deepEqual(bytes, { metadata: 111, delta: 100, index: 100, full: 200 });
    assert.deepEqual([polls, requests], [1, 7]);
    assert.equal(totalBytes(now()), 511);
    assert.deepEqual(trafficSince(now(), now()), NO_TRAFFIC);
  });
});
