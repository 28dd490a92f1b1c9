import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Files } from "@slipway/host";
import { pageCacheOn, simulatedDisk, simulatedFiles } from "@slipway/host/testing";
import { Journal } from "../../src/stage/journal.ts";

const PATH = "/var/stage/journal";
const SUBJECT = { release: "aa", target: "b 4096 4096" };

const someFiles = (): Files => {
  const disk = simulatedDisk(512, 400);
  return simulatedFiles(disk, pageCacheOn(disk), { name: "var", first: 0, sectors: 400, files: 4 });
};

interface Opened {
  readonly journal: Journal;
  readonly wasCleared: boolean;
}

const openOn = async (files: Files, subject = SUBJECT, nonce = "n"): Promise<Opened> => {
  let wasCleared = false;
  const journal = await Journal.open(files, PATH, subject, nonce, async () => {
    wasCleared = true;
  });
  return { journal, wasCleared };
};

/** A journal with three records, and its text. */
const writtenOn = async (files: Files, nonce = "n"): Promise<string> => {
  const { journal } = await openOn(files, SUBJECT, nonce);
  await journal.noteFetched("f1", { length: 1000, sources: ["mirror"] });
  await journal.noteFetched("f1", { length: 2000, sources: ["mirror", "other"] });
  await journal.noteUnfit("f2", "it differs");
  return textOf(files);
};

const textOf = async (files: Files): Promise<string> => {
  const file = await files.open(PATH);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  return Buffer.from(bytes).toString();
};

const overwrite = async (files: Files, text: string): Promise<void> => {
  const file = await files.open(PATH);
  await file.truncate(0);
  await file.write(Buffer.from(text), 0);
};

describe("a journal", () => {
  it("knows again what it was told", async () => {
    const files = someFiles();
    await writtenOn(files);
    const { journal, wasCleared } = await openOn(files);
    assert.deepEqual([journal.isResumed, wasCleared], [true, false]);
    const { length, sources } = journal.fetched("f1");
    assert.deepEqual([length, sources], [2000, ["mirror", "other"]]);
    assert.equal(journal.unfit("f2"), "it differs");
    assert.equal(journal.fetched("f3").length, 0);
  });

  it("forgives for good", async () => {
    const files = someFiles();
    await writtenOn(files);
    await (await openOn(files)).journal.forgive();
    const { journal } = await openOn(files);
    assert.equal(journal.unfit("f2"), undefined);
    assert.equal(journal.fetched("f1").length, 2000);
  });

  it("is thrown away with all parts when it is about another release or slot", async () => {
    for (const other of [
      { ...SUBJECT, release: "bb" },
      { ...SUBJECT, target: "a 4096 4096" },
    ]) {
      const files = someFiles();
      await writtenOn(files);
      const { journal, wasCleared } = await openOn(files, other);
      assert.deepEqual([journal.isResumed, wasCleared], [false, true]);
      assert.equal(journal.fetched("f1").length, 0);
      assert.equal((await openOn(files, other)).journal.isResumed, true);
    }
  });

  it("keeps what is before a spoilt record, and goes on from there", async () => {
    const whole = await writtenOn(someFiles());
    const lines = whole.split("\n");
    for (let at = 0; at < whole.length; at += 1) {
      const files = someFiles();
      const spoilt = Buffer.from(whole);
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      await overwrite(files, spoilt.toString("latin1"));
      const kept = whole.slice(0, at).split("\n").length - 1;
      const { journal, wasCleared } = await openOn(files);
      assert.equal(wasCleared, kept === 0, `byte ${at}`);
      assert.equal(journal.fetched("f1").length, [0, 0, 1000, 2000, 2000][kept], `byte ${at}`);
      await journal.noteFetched("f4", { length: 7, sources: [] });
      assert.equal((await openOn(files)).journal.fetched("f4").length, 7);
    }
    assert.equal(lines.length, 5);
  });

  it("is cut where it was torn", async () => {
    const whole = await writtenOn(someFiles());
    for (let end = 0; end < whole.length; end += 7) {
      const files = someFiles();
      await overwrite(files, whole.slice(0, end));
      const { journal } = await openOn(files);
      await journal.noteFetched("f4", { length: 7, sources: [] });
      assert.equal((await openOn(files)).journal.fetched("f4").length, 7);
    }
  });

  it("takes no record of an earlier one that lay in the same place", async () => {
    const files = someFiles();
    const earlier = await writtenOn(files, "earlier");
    await overwrite(files, "");
    const { journal } = await openOn(files, SUBJECT, "later");
    await journal.close();
    const begin = await textOf(files);
    await overwrite(files, begin + earlier.slice(begin.length));
    assert.equal((await openOn(files)).journal.fetched("f1").length, 0);
    await overwrite(files, begin + earlier.slice(earlier.indexOf("\n") + 1));
    assert.equal((await openOn(files)).journal.fetched("f1").length, 0);
  });

  it("is thrown away when a later agent wrote it", async () => {
    const files = someFiles();
    const { journal } = await openOn(files);
    await journal.close();
    const later = (await textOf(files)).replace('"schema":1', '"schema":2');
    await overwrite(files, later);
    assert.equal((await openOn(files)).wasCleared, true);
  });
});
