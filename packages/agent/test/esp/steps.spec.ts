import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Files } from "@slipway/host";
import {
  activate,
  bless,
  type EntryOf,
  type EspOptions,
  markBad,
  rearm,
  removeEntry,
} from "../../src/esp/steps.ts";
import { emptyEsp, factsOf, get, LINUX, put } from "./an-esp.ts";

const NEW: EntryOf = { image: "base", version: "2", digest: "22222222" };
const UKI = Buffer.alloc(3000, "two");
const BOOTED = "base_1_11111111.efi";

let files: Files;
let options: EspOptions;
beforeEach(async () => {
  ({ files } = emptyEsp());
  options = { files };
  await put(files, `${LINUX}/${BOOTED}`, Buffer.alloc(3000, "one"));
});

const has = async (...names: readonly string[]): Promise<void> =>
  assert.deepEqual(await files.list(LINUX), [BOOTED, ...names].toSorted());
const add = (name: string, bytes: Uint8Array = UKI): Promise<void> =>
  put(files, `${LINUX}/${name}`, bytes);

describe("a staged entry that is activated", () => {
  it("has three tries, and nothing changes the second time", async () => {
    await add("base_2_22222222.staged");
    assert.equal(await activate(options, NEW, factsOf(UKI)), "base_2_22222222+3.efi");
    assert.equal(await activate(options, NEW, factsOf(UKI)), "base_2_22222222+3.efi");
    await has("base_2_22222222+3.efi");
    assert.deepEqual(Buffer.from(await get(files, `${LINUX}/base_2_22222222+3.efi`)), UKI);
  });

  it("is left alone where it is not what was staged", async () => {
    await add("base_2_22222222.staged", Buffer.alloc(3000, "not"));
    await assert.rejects(activate(options, NEW, factsOf(UKI)), { code: "ENTRY_DIFFERS" });
    await has("base_2_22222222.staged");
  });

  it("and is half there loses its name, so that it can be staged again", async () => {
    await add("base_2_22222222+3.efi", UKI.subarray(0, 1000));
    await assert.rejects(activate(options, NEW, factsOf(UKI)), { code: "ENTRY_DIFFERS" });
    await has("base_2_22222222.leftover1");
    await assert.rejects(activate(options, NEW, factsOf(UKI)), { code: "ENTRY_MISSING" });
  });

  it("loses the name too many that a cut has left, without losing the file", async () => {
    await add("base_2_22222222.staged");
    await add("base_2_22222222+3.efi");
    await add("base_2_22222222.leftover1");
    await activate(options, NEW, factsOf(UKI));
    await has("base_2_22222222+3.efi", "base_2_22222222.leftover1", "base_2_22222222.leftover2");
  });

  it("gets its name anew where a cut has left an empty one", async () => {
    await add("base_2_22222222.staged");
    await add("base_2_22222222+3.efi", new Uint8Array());
    await activate(options, NEW, factsOf(UKI));
    await has("base_2_22222222+3.efi");
    assert.deepEqual(Buffer.from(await get(files, `${LINUX}/base_2_22222222+3.efi`)), UKI);
  });
});

describe("an entry that is marked bad", () => {
  it("has no tries left and four done, whatever it had before", async () => {
    for (const before of ["", "+3", "+2-1", "+0-3"]) {
      await add(`base_2_22222222${before}.efi`);
      assert.equal(await markBad(options, NEW), "base_2_22222222+0-4.efi");
      await has("base_2_22222222+0-4.efi");
      await removeEntry(options, NEW);
    }
  });

  it("stays as it is where the loader has booted it since", async () => {
    await add("base_2_22222222+0-5.efi");
    assert.equal(await markBad(options, NEW), "base_2_22222222+0-5.efi");
  });

  it("is not one that is staged", async () => {
    await add("base_2_22222222.staged");
    await assert.rejects(markBad(options, NEW), { code: "ENTRY_MISSING" });
  });

  it("can be one whose name is torn", async () => {
    await add("BASE_2~1.EFI");
    await assert.rejects(markBad(options, NEW), { code: "ENTRY_MISSING" });
    await markBad(options, { ...NEW, torn: ["BASE_2~1.EFI"] });
    await has("base_2_22222222+0-4.efi");
  });
});

describe("an entry that is armed again", () => {
  it("has three tries, unless it is good", async () => {
    for (const [before, after] of [
      ["+0-4", "+3"],
      ["+1-2", "+3"],
      ["", ""],
    ]) {
      await add(`base_2_22222222${before}.efi`);
      assert.equal(await rearm(options, NEW), `base_2_22222222${after}.efi`);
      await has(`base_2_22222222${after}.efi`);
      await removeEntry(options, NEW);
    }
  });
});

describe("an entry that is blessed", () => {
  it("has no counter, and one name", async () => {
    await add("base_2_22222222+2-1.efi");
    assert.equal(await bless(options, NEW), "base_2_22222222.efi");
    await add("base_2_22222222+2-1.efi");
    await bless(options, NEW);
    await has("base_2_22222222.efi", "base_2_22222222.leftover1");
  });
});

describe("an entry that is removed", () => {
  it("goes with what is half staged of it, and so it does twice", async () => {
    await add("base_2_22222222+0-3.efi");
    await add("base_2_22222222.staged", UKI.subarray(0, 1000));
    await removeEntry(options, NEW);
    await removeEntry(options, NEW);
    await has();
  });

  it("does not take along what another name of it leads to", async () => {
    await add("base_2_22222222+0-3.efi");
    await add("base_2_22222222.staged");
    await removeEntry(options, NEW);
    await has("base_2_22222222.leftover1");
    await removeEntry(options, NEW);
    await has("base_2_22222222.leftover1");
  });
});
