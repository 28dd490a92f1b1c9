import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { archiveSource } from "@slipway/receiver";

describe("an export that is not what it should be", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slipway-archive-"));
  });
  after(() => rm(directory, { recursive: true }));

  const read = async (file: string): Promise<void> => {
    const source = archiveSource(path.join(directory, file));
    for await (const _ of source.fetch({ path: "timestamp.json", mostBytes: 1000 })) continue;
  };

  it("is said to be missing, and where to look", () =>
    assert.rejects(read("gone.tar"), {
      code: "UNREACHABLE",
      message: /gone\.tar is not there$/,
      hint: /whether its medium is mounted/,
    }));

  it("is said to be cut off, and to be copied again", async () => {
    await writeFile(path.join(directory, "cut.tar"), new Uint8Array(300));
    await assert.rejects(read("cut.tar"), { code: "BAD_ANSWER", hint: /copy the export again/ });
  });
});
