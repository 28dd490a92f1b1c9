import assert from "node:assert/strict";
import { encodeManifest } from "@slipway/release";
import { describe, it } from "mocha";
import { manifest } from "../../../../test/support/signed-repository/published.ts";
import { keptReleases } from "../../src/tasks/kept-releases.ts";
import { emptyEsp, put } from "../esp/an-esp.ts";

const DIRECTORY = "/efi/releases";

describe("what is kept of a release", () => {
  it("is none where a newer agent kept it in another schema, and can be kept anew", async () => {
    const { files } = emptyEsp();
    const kept = keptReleases(files, DIRECTORY);
    const one = manifest("1");
    const newer = encodeManifest(one).replace('"schema":1', '"schema":2');
    assert.notEqual(newer, encodeManifest(one));
    await put(files, `${DIRECTORY}/${one.roothash}/manifest.json`, Buffer.from(newer));
    assert.equal(await kept.manifest(one.roothash), undefined);
    await kept.keepManifest(one);
    assert.deepEqual(await kept.manifest(one.roothash), one);
  });
});
