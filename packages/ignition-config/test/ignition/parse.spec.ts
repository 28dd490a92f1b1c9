import assert from "node:assert/strict";
import { formatEntry, parseIgnition } from "@slipway/ignition-config";
import { describe, it } from "mocha";

const parse = (text: string, experimental = false): ReturnType<typeof parseIgnition> =>
  parseIgnition(new TextEncoder().encode(text), { experimental });

const reportOf = (text: string): readonly string[] => parse(text).report.map(formatEntry);

const storage = (inner: string, version = "3.3.0"): string =>
  `{"ignition":{"version":"${version}"},"storage":${inner}}`;

describe("an Ignition config", () => {
  it("is read with the version it was written for", () => {
    const text = storage('{"files":[{"path":"/a","contents":{"source":"data:,x"}}]}');
    const { report, failure, document } = parse(text);
    assert.deepEqual(report, []);
    assert.equal(failure, undefined);
    assert.equal(document?.version, "3.3.0");
    assert.deepEqual(document.config, JSON.parse(text));
  });

  it("names its version exactly, but for leading zeros and empty tails", () => {
    const failureOf = (version: string): string | undefined =>
      parse(storage("{}", version)).failure;
    for (const good of ["3.0.0", "3.00.0", "3.6.0-", "3.6.0+"]) {
      assert.equal(failureOf(good), undefined, good);
    }
    const numbers = ["", "3", "3.1", "v3.1.0", " 3.1.0", "3.1.0.0", "3.x.0"];
    const tails = ["3.1.0_a", "3.1.0-.", "3.1.0-a..b", "3.1.0+a.", "3.1.0+.a"];
    for (const bad of [...numbers, ...tails]) {
      assert.equal(failureOf(bad), "invalid config version (couldn't parse)", bad);
    }
    for (const unknown of ["2.4.0", "3.1.1", "3.7.0", "3.1.0-x", "3.1.0+x.-", "4.0.0"]) {
      assert.equal(failureOf(unknown), "unsupported config version", unknown);
    }
    assert.equal(failureOf("99999999999999999999.0.0"), "invalid config version (couldn't parse)");
  });

  it("is read in the experimental version only where that is asked for", () => {
    const text = storage("{}", "3.7.0-experimental");
    assert.equal(parse(text).failure, "unsupported config version");
    assert.equal(parse(text, true).document?.version, "3.7.0-experimental");
  });

  it("is not empty", () => {
    assert.deepEqual(parse(""), { report: [], failure: "not a config (empty)" });
  });

  it("matches keys in any case, and warns of the wrong one", () => {
    assert.deepEqual(reportOf(storage('{"Files":[{"PATH":"a"}]}')), [
      "error at $.storage.files.0.path, line 1 col 44: path not absolute",
      "warning at $.storage.Files, line 1 col 44: unused key Files",
    ]);
  });

  it("merges objects that stand twice and lets later values win", () => {
    const text = `{"storage":{"files":[{"path":"/a"}]},"ignition":{"version":"3.3.0"},
      "storage":{"directories":[{"path":"/b"}]},"ignition":{"timeouts":{"httpTotal":3}}}`;
    assert.deepEqual(parse(text).document?.config, {
      ignition: { timeouts: { httpTotal: 3 }, version: "3.3.0" },
      storage: { directories: [{ path: "/b" }], files: [{ path: "/a" }] },
    });
  });

  it("reads a repeated list into the items of the first, even those hidden in between", () => {
    const lists = [
      '"files":[{"path":"/a","mode":1},{"path":"/b","mode":2}]',
      '"files":[{"path":"/c"}]',
      '"files":[{},{},{"path":"/d"}]',
    ];
    assert.deepEqual(parse(storage(`{${lists.join()}}`)).document?.config.storage?.files, [
      { path: "/c", mode: 1 },
      { path: "/b", mode: 2 },
      { path: "/d" },
    ]);
    assert.deepEqual(
      parse(storage(`{${lists[0]},"files":[],"files":[{"path":"/x"}]}`)).document?.config.storage
        ?.files,
      [{ path: "/x" }],
    );
  });

  it("takes null for unset, and in a list for an empty item", () => {
    const file = '{"path":"/a","mode":1,"mode":null,"overwrite":null,"append":null}';
    assert.deepEqual(parse(storage(`{"files":[${file}]}`)).document?.config.storage?.files, [
      { path: "/a" },
    ]);
    assert.deepEqual(reportOf(storage('{"files":[null]}')), [
      "error at $.storage.files.0.path, line 1 col 53: path not specified",
      "warning at $.storage.files.0, line 1 col 53: context tree does not match content tree at $.storage.files.0. Line and column reporting may be inconsistent. Unused keys may not be reported",
    ]);
  });

  it("has integers of 64 bits and no other numbers", () => {
    const modeReport = (mode: string): readonly string[] =>
      reportOf(storage(`{"files":[{"path":"/a","mode":${mode}}]}`));
    assert.deepEqual(modeReport("-0"), []);
    assert.match(modeReport("9223372036854775807").join("\n"), /illegal file mode/);
    for (const bad of ["9223372036854775808", "420.0", "4e2", '"420"', "true", "[]", "{}"]) {
      assert.match(
        modeReport(bad).join("\n"),
        /^error at line 1 col \d+: json: mode must be an integer, not [^\n]+$/,
      );
    }
  });

  it("stops at the first value of a wrong type, wherever the version stands", () => {
    assert.deepEqual(reportOf('{"storage":{"files":3,"links":4},"ignition":{"version":"3.0.0"}}'), [
      "error at line 1 col 22: json: files must be a list, not the number 3",
    ]);
    assert.deepEqual(reportOf('{"storage":3,"ignition":{"version":3}}'), [
      "error at line 1 col 37: json: version must be a string, not the number 3",
    ]);
  });

  it("has no places for its entries once a number is beyond floating point", () => {
    assert.deepEqual(reportOf(storage('{"files":[{"path":"a"}],"x":1e999}')), [
      "error at $.storage.files.0.path: path not absolute",
    ]);
  });

  it("is reported on from the root down, then what stands twice, then unused keys", () => {
    const text = storage(
      '{"x":1,"links":[{"path":"/l","target":"t"}],"files":[{"path":"/l/f","y":1},{"path":"/l/f","mode":-1}]}',
    );
    assert.deepEqual(
      parse(text).report.map(({ path, message }) => `${path.join(".")}: ${message}`),
      [
        "storage.files.0: file path includes link in config",
        "storage.files.1: file path includes link in config",
        "storage.files.1.mode: illegal file mode",
        "storage.files.1.mode: setuid/setgid/sticky bits are not supported or functional in spec versions older than 3.6.0",
        "storage.files.1: duplicate entry defined",
        "storage.x: unused key x",
        "storage.files.0.y: unused key y",
      ],
    );
  });
});
