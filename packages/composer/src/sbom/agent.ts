/** The agent in an SBOM: no package of Debian's, but a program of ours, the Node.js that runs it, and what of npm is in it. Pure. */
import type { NpmPackage } from "../agent/bundle-description.ts";
import type { SpdxPackage, SpdxRelationship } from "./document.ts";
import { npmPurl } from "./purl.ts";

export interface SbomAgent {
  readonly version: string;
  readonly node: NpmPackage;
  /** Those of which the agent's files hold something. */
  readonly packages: readonly NpmPackage[];
}

const AGENT_ID = "SPDXRef-Agent";

/** Clause 3.1: letters, digits, "." and "-". No name of npm's begins with a hyphen, so a scope's two are no ambiguity. */
const npmId = ({ name, version }: NpmPackage): string =>
  `SPDXRef-Package-npm-${name.replace("@", "-").replace("/", "--").replaceAll("_", "..")}-${version.replaceAll("+", "P")}`;

const PLACE = "/usr/lib/slipway/agent";

export const agentPackages = ({ version, node, packages }: SbomAgent): readonly SpdxPackage[] => [
  {
    SPDXID: AGENT_ID,
    name: "slipway-agent",
    versionInfo: version,
    packageFileName: "agent.mjs",
    supplier: "NOASSERTION",
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "Apache-2.0",
    copyrightText: "NOASSERTION",
    comment: `made of its own sources and of the packages it contains: ${PLACE}/agent.mjs and ${PLACE}/parts`,
  },
  npmPackage(node, `stripped: ${PLACE}/node; further licences of its parts: ${PLACE}/LICENSES`),
  ...packages.map((one) =>
    npmPackage(one, `in part, inside ${PLACE}/agent.mjs and ${PLACE}/parts`),
  ),
];

const npmPackage = (one: NpmPackage, comment: string): SpdxPackage => ({
  SPDXID: npmId(one),
  name: one.name,
  versionInfo: one.version,
  supplier: "NOASSERTION",
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: one.licence,
  copyrightText: "NOASSERTION",
  comment,
  externalRefs: [
    {
      referenceCategory: "PACKAGE-MANAGER",
      referenceType: "purl",
      referenceLocator: npmPurl(one),
    },
  ],
});

/** The image has both programs; what is inlined is contained in the agent, which needs Node.js. */
export const agentRelationships = (
  image: string,
  { node, packages }: SbomAgent,
): readonly SpdxRelationship[] => {
  const relation = (
    spdxElementId: string,
    relationshipType: SpdxRelationship["relationshipType"],
    relatedSpdxElement: string,
  ): SpdxRelationship => ({ spdxElementId, relationshipType, relatedSpdxElement });
  return [
    relation(image, "CONTAINS", AGENT_ID),
    relation(image, "CONTAINS", npmId(node)),
    relation(AGENT_ID, "DEPENDS_ON", npmId(node)),
    ...packages.map((one) => relation(AGENT_ID, "CONTAINS", npmId(one))),
  ];
};
