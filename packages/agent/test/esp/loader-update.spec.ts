import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Files } from "@slipway/host";
import { loaderVersion, updateLoader } from "../../src/esp/loader-update.ts";
import { emptyEsp, factsOf, get, loaderProgram, put } from "./an-esp.ts";

const OWN = "EFI/systemd/systemd-bootx64.efi";
const FALLBACK = "EFI/BOOT/BOOTX64.EFI";
const older = loaderProgram("257.9-1");
const newer = loaderProgram("257.13-1~deb13u1");

let files: Files;
beforeEach(() => ({ files } = emptyEsp()));

const install = async (program: Uint8Array, ...places: readonly string[]): Promise<void> => {
  for (const place of places) await put(files, `/efi/${place}`, program);
};
const update = (program: Uint8Array, started?: string): Promise<readonly string[]> =>
  updateLoader({
    files,
    architecture: "x86_64",
    program,
    ...(started === undefined ? {} : { started }),
  });

describe("the loader", () => {
  it("says its version, if it is systemd-boot", () => {
    assert.equal(loaderVersion(newer), "257.13-1~deb13u1");
    assert.equal(loaderVersion(Buffer.from("MZ something else")), undefined);
    assert.equal(loaderVersion(newer.subarray(1)), undefined);
  });

  it("is brought up to date in both places, the one that firmware uses last", async () => {
    await install(older, OWN, FALLBACK);
    assert.deepEqual(await update(newer), [OWN, FALLBACK]);
    for (const place of [OWN, FALLBACK]) assert.deepEqual(await get(files, `/efi/${place}`), newer);
    assert.deepEqual(await update(newer), []);
    assert.deepEqual(await files.list("/efi/EFI/BOOT"), ["BOOTX64.EFI"]);
  });

  it("that firmware starts from its own directory is replaced there last", async () => {
    await install(older, OWN, FALLBACK);
    assert.deepEqual(await update(newer, "\\EFI\\SYSTEMD\\SYSTEMD-BOOTX64.EFI"), [FALLBACK, OWN]);
  });

  it("is left alone where it is newer, another one, or not there", async () => {
    await install(newer, OWN);
    await install(Buffer.from("MZ another loader"), FALLBACK);
    assert.deepEqual(await update(older), []);
    await files.remove(`/efi/${OWN}`);
    assert.deepEqual(await update(newer), []);
  });

  it("is written anew over what an earlier attempt has left half done", async () => {
    await install(older, FALLBACK);
    const half = `EFI/BOOT/BOOTX64-${factsOf(newer).sha256.slice(0, 8)}.new`;
    await install(newer.subarray(0, 1000), half);
    assert.deepEqual(await update(newer), [FALLBACK]);
    assert.deepEqual(await files.list("/efi/EFI/BOOT"), ["BOOTX64.EFI"]);
    assert.deepEqual(await get(files, `/efi/${FALLBACK}`), newer);
  });

  it("is not replaced by what is no systemd-boot", async () => {
    await install(older, FALLBACK);
    await assert.rejects(update(Buffer.from("MZ")), { code: "LOADER_DIFFERS" });
  });
});
