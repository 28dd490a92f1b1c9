/** The message of the day in a real directory. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { motdWriter } from "@slipway/agent";
import { describe, it } from "mocha";
import { scratchDirectory } from "../support/release.ts";

describe("the file of the message of the day", () => {
  const scratch = scratchDirectory("motd");

  it("comes whole, for everybody to read, and goes when there is nothing to say", async () => {
    const directory = path.join(scratch, "motd.d");
    mkdirSync(directory);
    const file = path.join(directory, "50-slipway");
    const lines: string[] = [];
    const tell = motdWriter(file, (line) => lines.push(line));
    await tell(undefined);
    await tell("one\n");
    assert.equal(readFileSync(file, "utf8"), "one\n");
    assert.equal(statSync(file).mode & 0o777, 0o644);
    const { ino } = statSync(file);
    await tell("one\n");
    assert.equal(statSync(file).ino, ino, "it was written again");
    await tell("two\n");
    assert.deepEqual(readdirSync(directory), ["50-slipway"]);
    await tell(undefined);
    assert.equal(existsSync(file), false);
    assert.deepEqual(lines, []);
  });

  it("takes away what a daemon before it has left", async () => {
    const file = path.join(scratch, "left");
    await motdWriter(file, () => undefined)("left\n");
    await motdWriter(file, () => undefined)(undefined);
    assert.equal(existsSync(file), false);
  });

  it("says once that it cannot be written, and is written when it can", async () => {
    const directory = path.join(scratch, "late");
    const file = path.join(directory, "50-slipway");
    const lines: string[] = [];
    const tell = motdWriter(file, (line) => lines.push(line));
    await tell("one\n");
    await tell("one\n");
    assert.deepEqual(lines, [`${file} cannot be written: ENOENT`]);
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    await tell("one\n");
    assert.equal(readFileSync(file, "utf8"), "one\n");
  });
});
