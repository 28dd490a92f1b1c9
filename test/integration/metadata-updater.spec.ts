/**
 * The client beside tuf-js's own, on the same files: what a node believes, the library's client believes; and what only the node refuses is known,
 * cause by cause.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { type ReceiverErrorCode } from "@slipway/receiver";
import { scratchDirectory } from "../support/release.ts";
import { REFUSED_METADATA, seenFiles } from "../support/signed-repository/refused-metadata.ts";
import { NOW, ROOT_1 } from "../support/signed-repository/sound.ts";
import type { Files } from "../support/signed-repository/test-repository.ts";
import { serveFiles, tufClient } from "../support/tuf-client.ts";

const PATHS = ["releases/base/42.1/x86_64.json", "channels/base/stable.json"];

/** What tuf-js leaves to whoever uses it. */
const LEFT_TO_US: readonly ReceiverErrorCode[] = [
  "AMBIGUOUS_JSON",
  "BAD_METADATA",
  "DUPLICATE_KEY",
  "FORKED",
  "WRONG_ROLE",
];

const write = (directory: string, files: Files): void => {
  for (const [name, bytes] of files) {
    mkdirSync(path.join(directory, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(directory, name), bytes);
  }
};

describe("tuf-js's own client", () => {
  const scratch = scratchDirectory("metadata-updater");
  const now = new Date((NOW + 43_200) * 1000);

  /** Whether it finds both files after it has seen the sound state; the reason where it does not. */
  const verdict = async (files: Files, remembers: boolean): Promise<string> => {
    const directory = mkdtempSync(path.join(scratch, "case-"));
    const seen = path.join(directory, "seen");
    const served = path.join(directory, "served");
    write(seen, seenFiles());
    write(served, files);
    await using server = await serveFiles(directory);
    const clientAt = (name: string, at: string) =>
      tufClient(directory, `${server.url}/${name}`, ROOT_1, at);
    const memory = mkdtempSync(path.join(directory, "client-"));
    try {
      if (remembers) for (const one of PATHS) await clientAt("seen", memory).find(one, now);
      for (const one of PATHS)
        if ((await clientAt("served", memory).find(one, now)) === undefined) return `no ${one}`;
      return "believed";
    } catch (error) {
      return String(error);
    }
  };

  before("believes the sound state", async () => {
    assert.equal(await verdict(seenFiles(), true), "believed");
  });

  it("refuses what a node refuses, but for what it leaves to others", async () => {
    const left = new Set<ReceiverErrorCode>();
    for (const { code, files, needsMemory } of REFUSED_METADATA)
      if ((await verdict(files(), needsMemory === true)) === "believed") left.add(code);
    assert.deepEqual([...left].toSorted(), LEFT_TO_US);
  });
});
