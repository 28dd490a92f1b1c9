import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  checkAgainstSummary,
  decodeManifest,
  decodeSummary,
  deltasFrom,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  parseManifestFile,
  publishManifest,
  type ReleaseManifest,
  summarize,
} from "@slipway/release";
import { bytesOf, digest, MANIFEST, refusalsOf, valueOf } from "../support/documents.ts";

const GOLDEN =
  '{"agent":{"included":"1.2","minimal":"1.0"},"architecture":"x86_64","bootEntry":"base_42.1_aaaaaaaa+3.efi","created":1790000000,' +
  '"image":"base","kernelRelease":"6.12.48+deb13-cloud-amd64","minimalSlotMib":400,' +
  `"packages":{"sha256":"${digest("4")}","size":20000},"root":{"sha256":"${digest("1")}","size":419430400},` +
  `"rootUuid":"0b2ed4a4-6b5c-4c7e-9f0f-0123456789ab","roothash":"${digest("a")}","salt":"${digest("b")}",` +
  `"sbom":{"sha256":"${digest("5")}","size":90000},"schema":1,"securityEpoch":3,"transports":[` +
  `{"file":{"sha256":"${digest("6")}","size":108000000},"format":"frames-1","of":"root"},` +
  `{"file":{"sha256":"${digest("8")}","size":4200000},"format":"delta-1","from":{"sha256":"${digest("7")}","version":"42.0"},"of":"root"}],` +
  `"uki":{"sha256":"${digest("3")}","size":34000000},"verity":{"sha256":"${digest("2")}","size":3200000},` +
  '"verityUuid":"1b2ed4a4-6b5c-4c7e-9f0f-0123456789ab","version":"42.1"}';

interface Json {
  [name: string]: unknown;
}

const asJson = (): Json => JSON.parse(encodeManifest(MANIFEST)) as Json;

/** Every way to a value inside, objects included. */
const waysInto = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value !== "object" || value === null
    ? [path]
    : [
        ...(path.length === 0 ? [] : [path]),
        ...Object.entries(value).flatMap(([name, member]) => waysInto(member, [...path, name])),
      ];

/** The document with the value at a place replaced, or taken away. */
const withAt = (path: readonly string[], replacement: unknown): Json => {
  const document = asJson();
  const holder = path.slice(0, -1).reduce<Json>((inner, name) => inner[name] as Json, document);
  const last = path.at(-1) ?? "";
  if (replacement !== undefined) holder[last] = replacement;
  else if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return document;
};

const OPTIONAL = ["agent.included", "transports.0", "transports.1", "transports.1.from"];

describe("a release's manifest", () => {
  it("has one text, which never changes for a given schema", () => {
    assert.equal(encodeManifest(MANIFEST), GOLDEN);
    assert.deepEqual(valueOf(parseManifestFile(bytesOf(GOLDEN))), MANIFEST);
  });

  for (const path of waysInto(asJson())) {
    const place = path.join(".");
    it(`${OPTIONAL.includes(place) ? "can be without" : "is refused without"} ${place}`, () => {
      const decoded = decodeManifest(withAt(path, undefined));
      if (OPTIONAL.includes(place)) assert.ok(decoded.ok);
      else assert.deepEqual(refusalsOf(decoded).slice(0, 1), [`missing at ${place}`]);
    });

    it(`is refused with something else as ${place}`, () => {
      for (const other of [null, true, -1, 0.5, "../x", "", [[]]])
        assert.ok(
          refusalsOf(decodeManifest(withAt(path, other))).every((refusal) =>
            refusal.includes(` at ${place}`),
          ),
          JSON.stringify(other),
        );
    });
  }

  it("says all that is wrong with it at once, with places and what is expected", () => {
    const decoded = decodeManifest({ ...asJson(), architecture: "riscv", root: { size: "1" } });
    assert.ok(!decoded.ok);
    assert.deepEqual(
      decoded.findings.map(({ message }) => message),
      [
        'architecture must be x86_64 or aarch64, not "riscv"',
        "root.size must be a whole number, not a value of type string",
        "root.sha256 is missing",
      ],
    );
  });

  it("may name a list of what is in the release, which older publishers do not make", () => {
    const listed = { ...MANIFEST, contents: { size: 12_000, sha256: digest("9") } };
    assert.deepEqual(valueOf(parseManifestFile(bytesOf(encodeManifest(listed)))), listed);
    assert.deepEqual(refusalsOf(decodeManifest({ ...asJson(), contents: { size: 1 } })), [
      "missing at contents.sha256",
    ]);
  });

  it("may have members that this reader does not know, as a later one will", () => {
    const root = { ...MANIFEST.root, compression: "none" };
    assert.deepEqual(valueOf(decodeManifest({ ...asJson(), root, later: [1] })), MANIFEST);
  });

  it("may name transports of formats that this reader does not know", () => {
    const transport = { of: "uki", format: "magic-9", file: MANIFEST.uki };
    assert.ok(decodeManifest({ ...asJson(), transports: [transport] }).ok);
  });

  it("of a newer schema is refused as such, whatever else is in it", () => {
    assert.deepEqual(refusalsOf(decodeManifest({ schema: 2 })), ["schema-too-new at schema"]);
  });

  it("bounds sizes, lists and itself", () => {
    for (const size of [2 ** 44 + 1, 2 ** 53, -1])
      assert.deepEqual(
        refusalsOf(decodeManifest({ ...asJson(), uki: { ...MANIFEST.uki, size } })).length,
        1,
      );
    const transports = Array.from({ length: 513 }, () => MANIFEST.transports[0]);
    assert.deepEqual(refusalsOf(decodeManifest({ ...asJson(), transports })), [
      "too-many at transports",
    ]);
    assert.deepEqual(refusalsOf(parseManifestFile(new Uint8Array(MAX_MANIFEST_BYTES + 1))), [
      "too-large at ",
    ]);
  });

  it("is refused when its root image does not fit into the slot that it asks for", () => {
    const root = { ...MANIFEST.root, size: MANIFEST.root.size + 1 };
    assert.deepEqual(refusalsOf(decodeManifest({ ...asJson(), root })), [
      "contradiction at minimalSlotMib",
    ]);
  });

  for (const bootEntry of [
    "../a.efi",
    "a/b.efi",
    "a\0.efi",
    ".a.efi",
    "a.EFI",
    `${"a".repeat(300)}.efi`,
    "a.efi\n",
  ])
    it(`is refused with ${JSON.stringify(bootEntry.slice(0, 12))} as the name of its boot entry`, () => {
      assert.deepEqual(refusalsOf(decodeManifest({ ...asJson(), bootEntry })), [
        "bad-shape at bootEntry",
      ]);
    });

  it("finds the deltas that lead away from what a node has", () => {
    assert.deepEqual(deltasFrom(MANIFEST, "root", digest("7")), [MANIFEST.transports[1]]);
    assert.deepEqual(deltasFrom(MANIFEST, "uki", digest("7")), []);
    assert.deepEqual(deltasFrom(MANIFEST, "root", digest("9")), []);
  });
});

describe("publishing a built release", () => {
  const { image, version, architecture, created, roothash, salt, rootUuid, verityUuid } = MANIFEST;
  const built = (rootBytes: number) => ({
    image,
    version,
    architecture,
    epoch: created,
    roothash,
    salt,
    rootUuid,
    verityUuid,
    kernelRelease: MANIFEST.kernelRelease,
    bootEntry: MANIFEST.bootEntry,
    slotSizeMib: 2048,
    inputs: digest("c"),
    artifacts: {
      "disk.raw": { size: 10, sha256: digest("d") },
      "root.erofs": { size: rootBytes, sha256: digest("1") },
      "root.verity": MANIFEST.verity,
      "uki.efi": MANIFEST.uki,
      "packages.json": MANIFEST.packages,
      "sbom.spdx.json": MANIFEST.sbom,
    },
  });
  const publish = (rootBytes: number): ReleaseManifest =>
    publishManifest(built(rootBytes), MANIFEST);

  it("takes over what nodes need, and nothing else", () => {
    assert.deepEqual(publish(MANIFEST.root.size), MANIFEST);
  });

  it("asks for the smallest slot that holds the root image", () => {
    assert.equal(publish(MANIFEST.root.size + 1).minimalSlotMib, 401);
    assert.equal(publish(MANIFEST.root.size - 1).minimalSlotMib, 400);
    assert.ok(decodeManifest(JSON.parse(encodeManifest(publish(4097)))).ok);
  });
});

describe("the summary of a release in the signed list", () => {
  const summary = summarize(MANIFEST);

  it("is read back as it was, whatever else stands beside it", () => {
    assert.deepEqual(valueOf(decodeSummary({ ...summary, later: 1 })), summary);
  });

  for (const name of Object.keys(summary)) {
    it(`is refused without ${name}, and with something else there`, () => {
      assert.equal(
        refusalsOf(decodeSummary({ ...summary, [name]: undefined }))[0],
        `missing at ${name}`,
      );
      for (const other of [-1, "", true, []])
        assert.ok(
          refusalsOf(decodeSummary({ ...summary, [name]: other })).every((refusal) =>
            refusal.includes(` at ${name}`),
          ),
        );
    });

    it(`does not agree with a manifest of another ${name}`, () => {
      const other: unknown = name === "agent" ? { minimal: "9" } : "other";
      const listed = { ...summary, [name]: other };
      assert.deepEqual(refusalsOf(checkAgainstSummary(MANIFEST, listed)), [
        `contradiction at ${name}`,
      ]);
    });
  }

  it("agrees with its own manifest, in whatever order its members are", () => {
    const { minimal, included = "" } = MANIFEST.agent;
    for (const agent of [
      { minimal, included },
      { included, minimal },
    ])
      assert.ok(checkAgainstSummary(MANIFEST, { ...summary, agent }).ok);
  });
});
