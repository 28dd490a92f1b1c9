import assert from "node:assert/strict";
import {
  type ConfigV3_6,
  expressIgnition,
  formatEntry,
  IGNITION_VERSIONS,
  minorOf,
  parseIgnition,
  translateIgnition,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { readCorpus } from "./corpus-file.ts";
import { requireCorpus } from "../../../../test/support/corpus.ts";

const ignition = { version: "3.6.0" };

const refusalsOf = (config: ConfigV3_6, to: 0 | 1 | 2 | 3 | 4 | 5): readonly string[] => {
  const expressed = expressIgnition(config, 6, to);
  return "refusals" in expressed ? expressed.refusals.map(formatEntry) : [];
};

describe("a config in an older spec", () => {
  it("is the same where that spec can say it", () => {
    const config: ConfigV3_6 = {
      ignition: { ...ignition, proxy: {} },
      kernelArguments: { shouldExist: [] },
      storage: { files: [{ path: "/a", mode: 420, contents: { source: "data:,x" } }] },
    };
    assert.deepEqual(expressIgnition(config, 6, 0), {
      config: { ignition: { version: "3.0.0" }, storage: config.storage },
    });
  });

  it("is refused by the fields that spec does not have", () => {
    const config: ConfigV3_6 = {
      ignition,
      kernelArguments: { shouldExist: ["a"] },
      storage: {
        luks: [{ name: "a", device: "/dev/a", cex: { enabled: true }, discard: true }],
        links: [{ path: "/l" }],
      },
    };
    assert.deepEqual(refusalsOf(config, 4), [
      "error at $.storage.luks.0.cex: spec 3.4.0 has no cex here, 3.5.0 has it",
    ]);
    assert.deepEqual(refusalsOf(config, 1), [
      "error at $.kernelArguments: spec 3.1.0 has no kernelArguments here, 3.3.0 has it",
      "error at $.storage.links.0.target: spec 3.1.0 needs a target here",
      "error at $.storage.luks: spec 3.1.0 has no luks here, 3.2.0 has it",
    ]);
  });

  it("is refused by the values that spec does not have", () => {
    const config: ConfigV3_6 = {
      ignition: { ...ignition, config: { merge: [{ source: "http://a", compression: "gzip" }] } },
      storage: {
        files: [{ path: "/a", mode: 0o4755, contents: { source: "gs://a" } }],
        filesystems: [{ device: "/dev/a", format: "none" }],
      },
    };
    assert.deepEqual(refusalsOf(config, 5), [
      "error at $.storage.files.0.mode: spec 3.5.0 ignores setuid, setgid and sticky bits",
    ]);
    const { storage } = config;
    const plain = { ...storage, files: [{ path: "/a", contents: { source: "gs://a" } }] };
    assert.deepEqual(refusalsOf({ ...config, storage: plain }, 1), [
      "error at $.storage.files.0.contents.source: spec 3.1.0: invalid url scheme",
      "error at $.storage.filesystems.0.format: spec 3.1.0: invalid filesystem format",
    ]);
    assert.deepEqual(refusalsOf({ ...config, storage: {} }, 0), [
      "error at $.ignition.config.merge.0.compression: spec 3.0.0 has no compression here",
    ]);
  });

  it("comes back to itself from a newer one", function () {
    requireCorpus(this);
    let count = 0;
    for (const { input } of readCorpus("ignition-blackbox.jsonl")) {
      const { document } = parseIgnition(new TextEncoder().encode(String(input)));
      if (document === undefined) continue;
      const newest = translateIgnition(document.config, document.minor, 6);
      const back = expressIgnition(newest, 6, document.minor);
      assert.ok("config" in back, JSON.stringify(back));
      assert.deepEqual(translateIgnition(back.config, document.minor, 6), newest);
      count += 1;
    }
    assert.ok(count > 300, String(count));
  });

  it("can be in every stable spec when it says little", () => {
    for (const version of IGNITION_VERSIONS) {
      assert.deepEqual(expressIgnition({ ignition }, 6, minorOf(version)), {
        config: { ignition: { version } },
      });
    }
  });
});
