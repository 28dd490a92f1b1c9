import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { baseRelease, requireRoot } from "../support/release.ts";
import { spdxProblems } from "../support/spdx-document.ts";

describe("SBOM of a real release", function () {
  this.timeout("20m");
  requireRoot();
  let document: unknown;
  let packages: unknown;
  before("build it", async () => {
    const { x86_64: release } = await baseRelease();
    document = JSON.parse(readFileSync(join(release, "sbom.spdx.json"), "utf8"));
    packages = JSON.parse(readFileSync(join(release, "packages.json"), "utf8"));
  });

  it("keeps to SPDX 2.3, and every reference in it leads somewhere", () => {
    assert.deepEqual(spdxProblems(document), []);
  });

  it("lists every package of the release, and its digest", () => {
    const inSbom = new Map(
      (
        document as { packages: { name: string; versionInfo: string; checksums?: unknown }[] }
      ).packages.map((one) => [`${one.name} ${one.versionInfo}`, one.checksums]),
    );
    const listed = packages as { name: string; version: string; sha256?: string }[];
    assert.ok(listed.length > 50, `${listed.length} packages`);
    for (const { name, version, sha256 } of listed) {
      assert.deepEqual(inSbom.get(`${name} ${version}`), [
        { algorithm: "SHA256", checksumValue: sha256 },
      ]);
    }
  });

  it("states the licences of most packages, and who depends on whom", () => {
    const { packages: all, relationships } = document as {
      packages: { licenseDeclared: string }[];
      relationships: { relationshipType: string }[];
    };
    const stated = all.filter(({ licenseDeclared }) => licenseDeclared !== "NOASSERTION").length;
    assert.ok(stated / all.length > 0.8, `${stated} of ${all.length}`);
    const edges = relationships.filter((one) => one.relationshipType === "DEPENDS_ON").length;
    assert.ok(edges > all.length, `${edges} dependencies of ${all.length} packages`);
  });
});

describe("check of an SPDX document", () => {
  const GOOD = JSON.stringify({
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: "a",
    documentNamespace: "urn:uuid:00000000-0000-8000-8000-000000000000",
    creationInfo: { created: "2026-01-01T00:00:00Z", creators: ["Tool: slipway-0"] },
    packages: [
      {
        name: "b",
        SPDXID: "SPDXRef-b",
        downloadLocation: "NOASSERTION",
        filesAnalyzed: false,
        checksums: [{ algorithm: "SHA256", checksumValue: "ab".repeat(32) }],
        licenseDeclared: "MIT AND (ISC OR LicenseRef-b)",
        primaryPackagePurpose: "OPERATING_SYSTEM",
      },
    ],
    hasExtractedLicensingInfos: [{ licenseId: "LicenseRef-b", extractedText: "b" }],
    relationships: [
      {
        spdxElementId: "SPDXRef-DOCUMENT",
        relationshipType: "DESCRIBES",
        relatedSpdxElement: "SPDXRef-b",
      },
    ],
  });

  it("lets a good one pass", () => assert.deepEqual(spdxProblems(JSON.parse(GOOD)), []));

  for (const [what, from, to] of [
    ["no name", '"name":"a",', ""],
    ["another version", "SPDX-2.3", "SPDX-2.2"],
    ["an unknown field", '"name":"a"', '"name":"a","more":1'],
    ["a fragment in its namespace", "urn:uuid:0", "urn:uuid:0#"],
    ["a date with fractions", "00:00Z", "00:00.0Z"],
    ["no creator", '["Tool: slipway-0"]', "[]"],
    ["a creator of no kind", "Tool: slipway-0", "slipway"],
    ["a package without an id", '"SPDXID":"SPDXRef-b",', ""],
    ["an id that is none", '"SPDXID":"SPDXRef-b"', '"SPDXID":"SPDXRef-b+"'],
    ["two elements of one id", '"SPDXID":"SPDXRef-b"', '"SPDXID":"SPDXRef-DOCUMENT"'],
    ["a broken expression", "(ISC OR LicenseRef-b)", "ISC OR LicenseRef-b)"],
    ["an expression that ends early", "(ISC OR LicenseRef-b)", "LicenseRef-b OR"],
    ["a licence without text", '{"licenseId":"LicenseRef-b","extractedText":"b"}', ""],
    ["a text nobody uses", "LicenseRef-b)", "Zlib)"],
    [
      "a relationship to nothing",
      '"relatedSpdxElement":"SPDXRef-b"',
      '"relatedSpdxElement":"SPDXRef-c"',
    ],
    ["nothing described", "DESCRIBES", "CONTAINS"],
    ["a checksum too short", "abab", "ab"],
    ["a purpose the schema does not have", "OPERATING_SYSTEM", "OPERATING-SYSTEM"],
  ] as const) {
    it(`finds ${what}`, () => {
      const changed = GOOD.replace(from, to);
      assert.notEqual(changed, GOOD);
      assert.notDeepEqual(spdxProblems(JSON.parse(changed)), []);
    });
  }
});
