import { Ajv } from "ajv";

/**
 * What is wrong with an SPDX 2.3 document in JSON, one line each. Written from the specification
 * (https://spdx.github.io/spdx-spec/v2.3/), clause by clause, and held against the specification's own JSON schema by
 * mutation when it was written; stricter than that schema where the text is, and it also follows every reference.
 */
export const spdxProblems = (document: unknown): readonly string[] => {
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile<SpdxShape>(SCHEMA);
  return validate(document)
    ? referenceProblems(document)
    : (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath || "/"} ${message ?? "is invalid"}`,
      );
};

interface SpdxShape {
  readonly SPDXID: string;
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly licenseDeclared?: string;
    readonly licenseConcluded?: string;
  }[];
  readonly hasExtractedLicensingInfos?: readonly { readonly licenseId: string }[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relatedSpdxElement: string;
    readonly relationshipType: string;
  }[];
}

const text = { type: "string", minLength: 1 };
const uri = { type: "string", pattern: "^[a-z][a-z0-9+.-]*:\\S+$" };
/** 6.5: without a fragment. */
const namespace = { type: "string", pattern: "^[a-z][a-z0-9+.-]*:[^#\\s]+$" };
/** 3.1 and 7.2: letters, numbers, "." and "-". */
const spdxId = { type: "string", pattern: "^SPDXRef-[A-Za-z0-9.-]+$" };
/** 6.8.2 and 7.5.2: a person or organization with an optional address, or a tool. */
const agent = { type: "string", pattern: "^(Person|Organization): [^()]+( \\([^()\\s]*\\))?$" };
const list = (items: object, minItems = 0) => ({ type: "array", items, minItems });

/** An object that has these fields and no other; those marked with a question mark may be missing. */
const object = (fields: Readonly<Record<string, object>>) => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name.replace("?", ""), schema]),
  ),
  required: Object.keys(fields).filter((name) => !name.endsWith("?")),
  additionalProperties: false,
});

/** 7.10: the algorithm and as many lower-case digits as it has. */
const checksum = {
  oneOf: [
    ["SHA1", 40],
    ["SHA256", 64],
    ["SHA512", 128],
  ].map(([algorithm, digits]) =>
    object({
      algorithm: { const: algorithm },
      checksumValue: { type: "string", pattern: `^[0-9a-f]{${digits}}$` },
    }),
  ),
};

/** Clause 7, "Package information": the fields a package with unanalyzed files may have. */
const spdxPackage = object({
  name: text,
  SPDXID: spdxId,
  "versionInfo?": text,
  "packageFileName?": text,
  "supplier?": { anyOf: [agent, { const: "NOASSERTION" }] },
  "originator?": { anyOf: [agent, { const: "NOASSERTION" }] },
  downloadLocation: { anyOf: [uri, { enum: ["NONE", "NOASSERTION"] }] },
  // 7.8: when true, or absent, a verification code (7.9) is mandatory; we analyze no files.
  filesAnalyzed: { const: false },
  "checksums?": list(checksum, 1),
  "homepage?": uri,
  "sourceInfo?": text,
  "licenseConcluded?": text,
  "licenseDeclared?": text,
  "copyrightText?": text,
  "summary?": text,
  "description?": text,
  "comment?": text,
  // 7.21, with the names of Annex F.
  "externalRefs?": list(
    object({
      referenceCategory: { const: "PACKAGE-MANAGER" },
      referenceType: { const: "purl" },
      referenceLocator: {
        type: "string",
        pattern: "^pkg:[a-z]+/[^\\s@?#]+@[^\\s@?#]+(\\?[^\\s?#]+)?$",
      },
    }),
  ),
  // 7.24; the JSON schema writes OPERATING-SYSTEM with an underscore.
  "primaryPackagePurpose?": { enum: ["APPLICATION", "LIBRARY", "OPERATING_SYSTEM", "SOURCE"] },
});

const SCHEMA = object({
  // Clause 6, "Document creation information".
  spdxVersion: { const: "SPDX-2.3" },
  dataLicense: { const: "CC0-1.0" },
  SPDXID: { const: "SPDXRef-DOCUMENT" },
  name: text,
  documentNamespace: namespace,
  creationInfo: object({
    created: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$" },
    creators: list({ anyOf: [agent, { type: "string", pattern: "^Tool: \\S.*$" }] }, 1),
    "licenseListVersion?": { type: "string", pattern: "^\\d+\\.\\d+$" },
    "comment?": text,
  }),
  packages: list(spdxPackage, 1),
  // Clause 10, "Other licensing information detected".
  "hasExtractedLicensingInfos?": list(
    object({
      licenseId: { type: "string", pattern: "^LicenseRef-[A-Za-z0-9.-]+$" },
      extractedText: text,
      "name?": text,
      "comment?": text,
    }),
  ),
  // Clause 11, "Relationships between SPDX elements": the types we use.
  relationships: list(
    object({
      spdxElementId: spdxId,
      relatedSpdxElement: spdxId,
      relationshipType: { enum: ["DESCRIBES", "CONTAINS", "DEPENDS_ON"] },
      "comment?": text,
    }),
    1,
  ),
});

const referenceProblems = (document: SpdxShape): readonly string[] => {
  const problems: string[] = [];
  const ids = new Set<string>([document.SPDXID]);
  for (const { SPDXID } of document.packages) {
    if (ids.has(SPDXID)) problems.push(`${SPDXID} is the id of two elements`);
    ids.add(SPDXID);
  }
  for (const one of document.relationships) {
    for (const id of [one.spdxElementId, one.relatedSpdxElement]) {
      if (!ids.has(id)) problems.push(`a relationship names ${id}, which is not in the document`);
    }
  }
  // 11.1: a document with more than one package says which it describes.
  if (!document.relationships.some(({ relationshipType }) => relationshipType === "DESCRIBES")) {
    problems.push("the document describes nothing");
  }
  const given = new Set<string>();
  for (const { licenseId } of document.hasExtractedLicensingInfos ?? []) {
    if (given.has(licenseId)) problems.push(`${licenseId} is given twice`);
    given.add(licenseId);
  }
  const used = new Set<string>();
  for (const one of document.packages) {
    for (const expression of [one.licenseDeclared, one.licenseConcluded]) {
      if (expression === undefined) continue;
      const problem = expressionProblem(expression);
      if (problem !== undefined) problems.push(`${one.SPDXID}: ${problem}`);
      for (const reference of expression.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? []) {
        used.add(reference);
      }
    }
  }
  for (const id of used) if (!given.has(id)) problems.push(`${id} is used and its text not given`);
  for (const id of given) if (!used.has(id)) problems.push(`${id} is given and not used`);
  return problems;
};

/** Annex D: `simple [WITH exception]`, joined by AND and OR, in brackets where wanted. */
const expressionProblem = (expression: string): string | undefined => {
  if (expression === "NONE" || expression === "NOASSERTION") return undefined;
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let next = 0;
  const isOperator = (token: string | undefined): boolean =>
    token === undefined || /^(?:AND|OR|WITH|[()])$/.test(token);
  const term = (): boolean => {
    if (tokens[next] === "(") {
      next++;
      return compound() && tokens[next++] === ")";
    }
    const simple = tokens[next++];
    if (isOperator(simple) || !/^[A-Za-z0-9.-]+\+?$/.test(simple ?? "")) return false;
    if (tokens[next] !== "WITH") return true;
    next++;
    return !isOperator(tokens[next++]);
  };
  const compound = (): boolean => {
    if (!term()) return false;
    while (tokens[next] === "AND" || tokens[next] === "OR") {
      next++;
      if (!term()) return false;
    }
    return true;
  };
  return compound() && next === tokens.length
    ? undefined
    : `${JSON.stringify(expression)} is no licence expression`;
};
