/** Inputs made to hurt: none may take long, grow without bound or throw. */
import assert from "node:assert/strict";
import { type ParsedIgnition, parseIgnition } from "@slipway/ignition-config";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { findOverlap } from "../../src/ignition/rules/partition-overlap.ts";
import { ownWorkOf } from "../support/own-work.ts";

const HEAD = '"ignition":{"version":"3.6.0"}';

const parse = (text: string | Uint8Array): ParsedIgnition =>
  parseIgnition(typeof text === "string" ? new TextEncoder().encode(text) : text);

const parseWithin = (limitMs: number, text: string | Uint8Array): ParsedIgnition => {
  let parsed: ParsedIgnition = { report: [] };
  const taken = ownWorkOf(() => (parsed = parse(text)));
  assert.ok(taken < limitMs, `took ${Math.round(taken)} ms`);
  return parsed;
};

const repeat = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_nothing, index) => make(index)).join();

describe("a large Ignition config", () => {
  it("of 2 MB is checked within a second", () => {
    const contents = "data:,x%20".padEnd(60, "y");
    const file = (index: number): string =>
      `{"path":"/etc/d${index % 100}/f${index}","mode":420,"user":{"name":"u"},"contents":{"source":"${contents}","verification":{}}}`;
    const unit = (index: number): string =>
      `{"name":"u${index}.service","enabled":true,"contents":"[Unit]\\nDescription=x\\n[Install]\\nWantedBy=a\\n"}`;
    const text = `{${HEAD},"storage":{"files":[${repeat(10_000, file)}]},"systemd":{"units":[${repeat(5000, unit)}]}}`;
    assert.ok(text.length > 2_000_000, String(text.length));
    const { report, document } = parse(text);
    assert.deepEqual(report, []);
    assert.equal(document?.config.storage?.files?.length, 10_000);
    // The best of three, since garbage of other tests may have to be collected.
    const times = [1, 2, 3].map(() => ownWorkOf(() => parse(text)));
    assert.ok(Math.min(...times) < 1000, times.map(Math.round).join());
  });
});

describe("a hostile Ignition config", () => {
  it("may repeat a key a hundred thousand times", () => {
    const files = repeat(100_000, (index) => `"files":[{"path":"/${index}"},{}]`);
    const { document } = parseWithin(
      3000,
      `{${HEAD},"storage":{${files},"files":[{"path":"/a"}]}}`,
    );
    assert.deepEqual(document?.config.storage?.files, [{ path: "/a" }]);
    const shrinking = `"files":[${repeat(20_000, () => "{}")}],${repeat(50_000, () => '"files":[{"path":"/a"}]')}`;
    assert.ok(parseWithin(3000, `{${HEAD},"storage":{${shrinking}}}`).document !== undefined);
  });

  it("may have a hundred thousand unknown keys and duplicates", () => {
    const unknown = parseWithin(3000, `{${HEAD},${repeat(100_000, (index) => `"x${index}":0`)}}`);
    assert.equal(unknown.report.length, 100_000);
    const users = repeat(100_000, () => '{"name":"a"}');
    const twice = parseWithin(3000, `{${HEAD},"passwd":{"users":[${users}]}}`);
    assert.equal(twice.report.length, 99_999);
  });

  it("may nest without end", () => {
    const { report } = parseWithin(1000, `{${HEAD},"x":${"[".repeat(2_000_000)}`);
    assert.match(report[0]?.message ?? "", /max depth/);
    assert.ok(parseWithin(1000, `{${HEAD},"x":${"[".repeat(9999)}${"]".repeat(9999)}}`).document);
  });

  it("may have huge numbers", () => {
    const digits = "9".repeat(1_000_000);
    for (const number of [digits, `-${digits}`, `1e${digits}`, `0.${digits}`]) {
      const file = `{"path":"/a","mode":${number}}`;
      const { report } = parseWithin(1000, `{${HEAD},"storage":{"files":[${file}]}}`);
      assert.ok((report[0]?.message.length ?? 0) < 200);
    }
  });

  it("may have NULs and bytes that are no UTF-8 in its texts", () => {
    const text = new TextEncoder().encode(`{${HEAD},"storage":{"files":[{"path":"/???"}]}}`);
    const bad = text.map((byte) => (byte === 0x3f ? 0xff : byte));
    const { document } = parseWithin(1000, bad);
    assert.equal(document?.config.storage?.files?.[0]?.path, "/\u{fffd}\u{fffd}\u{fffd}");
    const nul = String.raw`{${HEAD},"storage":{"files":[{"path":"/\u0000"}]}}`;
    assert.equal(parseWithin(1000, nul).document?.config.storage?.files?.[0]?.path, "/\0");
    assert.equal(parseWithin(1000, `{${HEAD},"x":"\0"}`).document, undefined);
  });

  it("may have texts that are slow to match", () => {
    const long = 1_000_000;
    const units = [
      `{"name":"${"@".repeat(long)}.servic","enabled":true,"contents":"[A]\\nB=c"}`,
      `{"name":"b.service","enabled":true,"contents":"${" ".repeat(long)}"}`,
      `{"name":"c.service","enabled":true,"contents":"[A]\\n${`${" ".repeat(2000)}\\n`.repeat(500)}"}`,
      `{"name":"d.service","enabled":true,"contents":"${"#\\\\\\n".repeat(long / 10)}"}`,
    ];
    parseWithin(3000, `{${HEAD},"systemd":{"units":[${units.join()}]}}`);
    const sources = [
      ...["/", "%", "[", ":", "@", "a:", "1."].map((part) => `http://${part.repeat(long / 10)}`),
      ...[";", ";a=b", ";a=\\u0022\\u005c", "a", "%4", "="].map(
        (part) => `data:${part.repeat(long / 10)}`,
      ),
      `data:;base64,${"A".repeat(long)}?`,
      `arn:${":".repeat(long)}/`,
      `s3://a?${"&versionI=".repeat(long / 10)}`,
    ];
    const files = sources.map(
      (source, index) => `{"path":"/${index}","contents":{"source":"${source}"}}`,
    );
    parseWithin(3000, `{${HEAD},"storage":{"files":[${files.join()}]}}`);
  });

  it("may lead long paths through many links", () => {
    const links = repeat(1500, (index) => `{"path":"${"/".repeat(index)}x","target":"t"}`);
    const files = repeat(200, (index) => `{"path":"${"/".repeat(3000)}${index}"}`);
    parseWithin(3000, `{${HEAD},"storage":{"links":[${links}],"files":[${files}]}}`);
  });

  it("may have many partitions", () => {
    const apart = Array.from({ length: 50_000 }, (_nothing, index) => ({
      startMiB: index * 2 + 1,
      sizeMiB: 1,
    }));
    const taken = ownWorkOf(() => {
      assert.equal(findOverlap(apart), undefined);
      assert.equal(findOverlap([...apart, { startMiB: 99_999, sizeMiB: 9 }]), 50_000);
    });
    assert.ok(taken < 1000, String(taken));
  });

  it("may be any bytes at all", () => {
    const mixed = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(mixed, (bytes) => {
        const { document, failure } = parseIgnition(bytes, { experimental: true });
        assert.notEqual(document === undefined, failure === undefined);
      }),
      { numRuns: 2000 },
    );
  });
});
