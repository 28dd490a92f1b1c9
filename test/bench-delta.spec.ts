import type { ReleaseManifest } from "@slipway/release";
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { missingBlocks, touchedPieces } from "../bench/delta/block-index.ts";
import { offering, sortFetched } from "../bench/delta/fetched.ts";
import { judge } from "../bench/delta/limits.ts";
import { packagesOfLock, withPackages } from "../bench/delta/lock-text.ts";
import type { Outcome, PairReport } from "../bench/delta/outcome.ts";
import {
  changedPackages,
  choosePackages,
  type LockedPackage,
  PAIRS,
} from "../bench/delta/pairs.ts";
import { bytesOf, readSent } from "../bench/delta/server.ts";

const locked = (name: string, version: string, source: string, set = "root"): LockedPackage => ({
  name,
  version,
  filename: `pool/main/${source.charAt(0)}/${source}/${name}_${version}_amd64.deb`,
  sets: [set],
});

const OLDER = [
  locked("libssl3t64", "3.5.1", "openssl"),
  locked("linux-image-6.12.1", "6.12.1", "linux-signed-amd64", "kernel"),
  locked("zlib1g", "1.3", "zlib"),
];
const NEWER = [
  locked("libssl3t64", "3.5.2", "openssl"),
  locked("linux-image-6.12.2", "6.12.2", "linux-signed-amd64", "kernel"),
  locked("zlib1g", "1.4", "zlib"),
];

const plan = (id: string) => {
  const found = PAIRS.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no pair ${id}`);
  return found;
};

const changesOf = (id: string): readonly string[] =>
  changedPackages(OLDER, choosePackages(OLDER, NEWER, plan(id)));

const MANIFEST: ReleaseManifest = {
  ...{ image: "one", version: "1", architecture: "x86_64", created: 1, securityEpoch: 0 },
  ...{ roothash: "", salt: "", rootUuid: "", verityUuid: "", kernelRelease: "", bootEntry: "" },
  root: { size: 1, sha256: "" },
  verity: { size: 1, sha256: "" },
  uki: { size: 1, sha256: "" },
  packages: { size: 1, sha256: "" },
  sbom: { size: 1, sha256: "" },
  minimalSlotMib: 1,
  agent: { minimal: "0" },
  transports: [
    { of: "root", format: "frames-1", file: { size: 1, sha256: "f" } },
    { of: "root", format: "index-1", file: { size: 1, sha256: "i" } },
    { of: "uki", format: "index-1", file: { size: 1, sha256: "u" } },
  ],
};

const outcome = (root: number, apply = 1): Outcome => ({
  bytes: root,
  parts: { root },
  apply: { wallSeconds: 1, cpuSeconds: apply, peakBytes: 1e6 },
  result: "equal",
});

const report = (ours: PairReport["outcomes"]["ours"]): PairReport => ({
  id: "S1",
  title: "",
  changes: [],
  isVoid: false,
  rootBytes: 100e6,
  outcomes: { ours, ostree: outcome(1000), casync: outcome(10_000) },
});

const missed = (one: PairReport): readonly string[] =>
  judge([one]).flatMap(({ isKept, text }) => (isKept === false ? [text] : []));

describe("the comparison of deltas", () => {
  it("holds back what a pair is not about", () => {
    deepStrictEqual(changesOf("S1"), ["libssl3t64 3.5.1 -> 3.5.2"]);
    deepStrictEqual(changesOf("S2"), ["libssl3t64 3.5.1 -> 3.5.2", "zlib1g 1.3 -> 1.4"]);
    deepStrictEqual(changesOf("S3"), [
      "libssl3t64 3.5.1 -> 3.5.2",
      "linux-image-6.12.1 6.12.1 -> none",
      "linux-image-6.12.2 none -> 6.12.2",
      "zlib1g 1.3 -> 1.4",
    ]);
    deepStrictEqual(changesOf("config"), []);
  });

  it("edits a lock's packages and nothing else", () => {
    const lock = JSON.stringify({
      schema: 1,
      image: "one",
      architectures: { x86_64: { request: "r", packages: OLDER } },
    });
    deepStrictEqual(packagesOfLock(lock), OLDER);
    const edited: unknown = JSON.parse(withPackages(lock, NEWER));
    deepStrictEqual(edited, {
      schema: 1,
      image: "one",
      architectures: { x86_64: { request: "r", packages: NEWER } },
    });
    throws(() => packagesOfLock(JSON.stringify({ architectures: {} })), /x86_64 is no object/);
  });

  it("tells what a node fetched by the files that the manifest names", () => {
    const answer = (name: string, bytes: number) => ({ path: `/blobs/aa/${name}`, bytes });
    const answers = [answer("i", 1), answer("f", 20), answer("f", 300), answer("u", 4000)];
    deepStrictEqual(sortFetched(MANIFEST, answers), { root: 320, uki: 4000, index: 1 });
    throws(() => sortFetched(MANIFEST, [answer("x", 1)]), /no manifest names/);
    const formats = offering(MANIFEST, "full").transports.map(({ format }) => format);
    deepStrictEqual(formats, ["frames-1"]);
  });

  it("finds blocks by what is in them and not by where they are", () => {
    const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
    const index = (...bytes: readonly number[]): Uint8Array => Buffer.concat(bytes.map(hash));
    deepStrictEqual(missingBlocks(index(1, 2, 3), index(3, 4, 1, 5)), [1, 3]);
    deepStrictEqual(touchedPieces([0, 1, 31, 32, 64], 128 * 1024), [0, 1, 2]);
  });

  it("counts what nginx sent, and no refusals", () => {
    const answers = readSent("403 146 /\n200 1000 /a b\n206 24 /c\n404 146 /d\n");
    deepStrictEqual(answers, [
      { bytes: 1000, path: "/a b" },
      { bytes: 24, path: "/c" },
    ]);
    strictEqual(bytesOf(answers), 1024);
  });

  it("misses a limit by a byte, and keeps it", () => {
    const ours = (delta: number, index: number) =>
      report({ delta: outcome(delta), index: outcome(index), full: outcome(20_000) });
    deepStrictEqual(missed(ours(800, 9000)), []);
    strictEqual(missed(ours(851, 9000)).length, 2);
    strictEqual(missed(ours(801, 9000)).length, 1);
    strictEqual(missed(ours(800, 9001)).length, 1);
    strictEqual(missed(report({ delta: outcome(800, 2) })).length, 1);
  });

  it("says that a figure is absent rather than that it is good", () => {
    const verdicts = judge([report({})]);
    deepStrictEqual(
      verdicts.filter(({ isKept }) => isKept !== undefined),
      [],
    );
  });
});
