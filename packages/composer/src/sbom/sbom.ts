import type { Architecture } from "@slipway/ignition-config";
import { derivedUuid } from "../image/uuid.ts";
import { byNameAndArchitecture } from "../packages/installed-package.ts";
import type { PackageRecord } from "../packages/package-record.ts";
import { resolveDependencies } from "../packages/resolve-dependencies.ts";
import { agentPackages, agentRelationships, type SbomAgent } from "./agent.ts";
import type {
  SpdxDocument,
  SpdxExtractedLicence,
  SpdxPackage,
  SpdxRelationship,
} from "./document.ts";
import { debianPurl } from "./purl.ts";

export interface SbomInput {
  readonly image: {
    readonly name: string;
    readonly version: string;
    readonly architecture: Architecture;
    /** Of `root.erofs`, in lower-case hexadecimal. */
    readonly rootSha256: string;
  };
  /** The packages in the root image. */
  readonly packages: readonly PackageRecord[];
  /** Packages of which only the UKI or the install disk holds something, such as the boot loader's. */
  readonly bootPackages?: readonly PackageRecord[];
  readonly agent?: SbomAgent;
  /** `ID` and `VERSION_ID` of the os-release that the packages belong to, not of the image: `debian`, `13`. */
  readonly distribution: { readonly id: string; readonly versionId: string };
  /** SOURCE_DATE_EPOCH, in seconds: the document's only date. */
  readonly epoch: number;
  /** Slipway's own version. */
  readonly toolVersion: string;
}

/** `sbom.spdx.json`: the same bytes for the same input, in whatever order the packages come. */
export const sbomJson = (input: SbomInput): string =>
  `${JSON.stringify(sbomDocument(input), undefined, 1)}\n`;

/**
 * The SPDX 2.3 document of a release: the image is the package it describes, contains the Debian packages, and those depend
 * on each other as their control fields say. Licences are declared as Debian states them and concluded by nobody.
 */
export const sbomDocument = (input: SbomInput): SpdxDocument => {
  const packages = [...input.packages].sort(byNameAndArchitecture);
  const present = new Set(packages.map(spdxId));
  const bootPackages = [...(input.bootPackages ?? [])]
    .filter((one) => !present.has(spdxId(one)))
    .sort(byNameAndArchitecture);
  const shipped = [...packages, ...bootPackages];

  const unnamed = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `${input.image.name}-${input.image.version}-${input.image.architecture}`,
    creationInfo: {
      created: new Date(input.epoch * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      creators: [`Tool: slipway-${input.toolVersion}`],
    },
    packages: [
      imagePackage(input),
      ...packages.map((one) => debianPackage(one, input)),
      ...bootPackages.map((one) =>
        debianPackage(
          one,
          input,
          "not installed in the root: it boots the machine, from the UKI and the ESP",
        ),
      ),
      ...(input.agent === undefined ? [] : agentPackages(input.agent)),
    ],
    hasExtractedLicensingInfos: extractedLicences(shipped),
    relationships: [
      ...relationships(shipped),
      ...(input.agent === undefined ? [] : agentRelationships(IMAGE_ID, input.agent)),
    ],
  } as const;
  return {
    spdxVersion: unnamed.spdxVersion,
    dataLicense: unnamed.dataLicense,
    SPDXID: unnamed.SPDXID,
    name: unnamed.name,
    documentNamespace: namespaceOf(JSON.stringify(unnamed)),
    creationInfo: unnamed.creationInfo,
    packages: unnamed.packages,
    hasExtractedLicensingInfos: unnamed.hasExtractedLicensingInfos,
    relationships: unnamed.relationships,
  };
};

const IMAGE_ID = "SPDXRef-Image";

/** Clause 3.1: ids are made of letters, digits, "." and "-". A "+" becomes "P", which no Debian name holds otherwise. */
const spdxId = (one: { readonly name: string; readonly architecture: string }): string =>
  `SPDXRef-Package-deb-${one.name.replaceAll("+", "P")}-${one.architecture}`;

/** Clause 6.5: a namespace no other document has. Equal contents have equal ones, which is what reproducible means. */
const namespaceOf = (content: string): string => `urn:uuid:${derivedUuid("sbom", content)}`;

const imagePackage = ({ image }: SbomInput): SpdxPackage => ({
  SPDXID: IMAGE_ID,
  name: image.name,
  versionInfo: image.version,
  packageFileName: "root.erofs",
  supplier: "NOASSERTION",
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  checksums: [{ algorithm: "SHA256", checksumValue: image.rootSha256 }],
  licenseConcluded: "NOASSERTION",
  licenseDeclared: "NOASSERTION",
  copyrightText: "NOASSERTION",
  primaryPackagePurpose: "OPERATING_SYSTEM",
});

const debianPackage = (
  one: PackageRecord,
  { distribution }: SbomInput,
  comment?: string,
): SpdxPackage => ({
  SPDXID: spdxId(one),
  name: one.name,
  versionInfo: one.version,
  ...(one.deb === undefined
    ? {}
    : { packageFileName: one.deb.filename.slice(one.deb.filename.lastIndexOf("/") + 1) }),
  supplier: distribution.id === "debian" ? "Organization: Debian" : "NOASSERTION",
  ...(one.maintainer === undefined ? {} : { originator: actor(one.maintainer) }),
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  ...(one.deb === undefined
    ? {}
    : { checksums: [{ algorithm: "SHA256", checksumValue: one.deb.sha256 }] }),
  ...(one.homepage !== undefined && isWebAddress(one.homepage) ? { homepage: one.homepage } : {}),
  sourceInfo: `built from the source package ${one.source} ${one.sourceVersion}`,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: one.licence.expression,
  copyrightText: "NOASSERTION",
  ...(one.summary === undefined ? {} : { summary: one.summary }),
  ...(comment === undefined ? {} : { comment }),
  externalRefs: [
    purlRef(debianPurl(one, distribution)),
    purlRef(
      debianPurl(
        { name: one.source, version: one.sourceVersion, architecture: "source" },
        distribution,
      ),
    ),
  ],
});

const purlRef = (locator: string): NonNullable<SpdxPackage["externalRefs"]>[number] => ({
  referenceCategory: "PACKAGE-MANAGER",
  referenceType: "purl",
  referenceLocator: locator,
});

const isWebAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

/** Clause 7.6: `Person: NAME (ADDRESS)` or `Organization: …`; Debian's field does not say which of them a maintainer is. */
const actor = (maintainer: string): string => {
  const match = /^\s*(.*?)\s*<([^<>\s]+)>\s*$/.exec(maintainer);
  // Brackets enclose the address, so a name has none.
  const name = (match?.[1] ?? maintainer).replace(/["()]/g, "").trim();
  const address = match?.[2];
  const kind =
    /\b(?:team|group|maintainers?|developers?|project|debian)\b|@(?:lists|packages|tracker)\./i;
  return (
    `${kind.test(maintainer) && !/@debian\.org>/i.test(maintainer) ? "Organization" : "Person"}: ` +
    (address === undefined ? name : `${name} (${address})`)
  );
};

const extractedLicences = (packages: readonly PackageRecord[]): readonly SpdxExtractedLicence[] => {
  const all = new Map<string, SpdxExtractedLicence>();
  for (const one of packages) {
    for (const { id, name, text } of one.licence.extracted) {
      all.set(id, { licenseId: id, name, extractedText: text });
    }
  }
  return [...all.values()].sort((a, b) => (a.licenseId < b.licenseId ? -1 : 1));
};

const relationships = (packages: readonly PackageRecord[]): readonly SpdxRelationship[] => [
  {
    spdxElementId: "SPDXRef-DOCUMENT",
    relationshipType: "DESCRIBES",
    relatedSpdxElement: IMAGE_ID,
  },
  ...packages.map((one): SpdxRelationship => ({
    spdxElementId: IMAGE_ID,
    relationshipType: "CONTAINS",
    relatedSpdxElement: spdxId(one),
  })),
  ...resolveDependencies(packages).flatMap(({ of, on }) =>
    on.map((other): SpdxRelationship => ({
      spdxElementId: spdxId(of),
      relationshipType: "DEPENDS_ON",
      relatedSpdxElement: spdxId(other),
    })),
  ),
];
