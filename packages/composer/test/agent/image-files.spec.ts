import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { releaseText, settingsText } from "../../src/agent/image-files.ts";

describe("what a release says of itself", () => {
  it("is its name, its version, the agent in it and its own time", () => {
    const text = releaseText({
      image: "base",
      version: "1.2",
      architecture: "aarch64",
      agent: "0.1.0",
      epoch: 1_700_000_000,
    });
    assert.deepEqual(JSON.parse(text), {
      schema: 1,
      image: "base",
      version: "1.2",
      architecture: "aarch64",
      agent: "0.1.0",
      created: "2023-11-14T22:13:20Z",
    });
  });
});

describe("settings that an image has for the agent", () => {
  it("are no file where it says nothing", () => {
    assert.equal(settingsText(undefined), undefined);
    assert.equal(settingsText({ root: "/keys/1.root.json" }), undefined);
  });

  it("are what it says and nothing else, as YAML", () => {
    const text = settingsText({
      repository: ["https://a.example/r/", 'file:///srv/"r"'],
      channel: "edge",
      pollSeconds: 60,
      strategy: "manual",
      stage: "at-window",
    });
    assert.deepEqual(text?.split("\n").slice(1), [
      "repository:",
      '  - "https://a.example/r/"',
      '  - "file:///srv/\\"r\\""',
      'channel: "edge"',
      "poll_seconds: 60",
      'strategy: "manual"',
      'stage: "at-window"',
      "",
    ]);
    const gate = settingsText({
      windows: ["Sat,Sun 02:00 for 4h"],
      timeZone: "Europe/Berlin",
      blackouts: ["2026-12-18 to 2027-01-06"],
      lockServer: "https://locks.example.org/",
      lockGroup: "rack-7",
    });
    assert.deepEqual(gate?.split("\n").slice(1), [
      "windows:",
      '  - "Sat,Sun 02:00 for 4h"',
      'time_zone: "Europe/Berlin"',
      "blackouts:",
      '  - "2026-12-18 to 2027-01-06"',
      'lock_server: "https://locks.example.org/"',
      'lock_group: "rack-7"',
      "",
    ]);
    assert.equal(settingsText({ strategy: "manual" })?.split("\n").length, 3);
  });
});
