/** A verdict that waited for units which wait for it would have every boot restarted when its time is up. */
import assert from "node:assert/strict";
import { NOT_WAITED_FOR } from "@slipway/agent";
import { nodeFiles } from "@slipway/composer/testing";
import { describe, it } from "mocha";

const VERDICT = "slipway-verdict.service";

/** Of a unit's file or a drop-in of it; nothing for other files. */
const unitOf = (path: string): string | undefined =>
  /\/systemd\/system\/([^/]+\.(?:service|socket|target|timer|mount))(?:\.d\/[^/]+)?$/.exec(
    path,
  )?.[1];

const comesAfter = (text: string, unit: string): boolean =>
  text
    .split("\n")
    .filter((line) => line.startsWith("After="))
    .some((line) => line.slice("After=".length).split(" ").includes(unit));

describe("what a node starts behind the verdict", () => {
  it("is not waited for by the verdict", () => {
    const behind = nodeFiles()
      .filter(({ text }) => comesAfter(text, VERDICT))
      .map(({ path }) => unitOf(path) ?? path);
    assert.ok(behind.includes("slipway-agent.service"));
    assert.deepEqual(
      behind.filter((unit) => !NOT_WAITED_FOR.has(unit)),
      [],
    );
  });
});
