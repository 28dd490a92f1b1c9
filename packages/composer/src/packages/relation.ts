import { compareDebianVersions } from "./debian-version.ts";

/** The five comparisons of Debian Policy 7.1; `<<` and `>>` are the strict ones. */
export type VersionOperator = "<<" | "<=" | "=" | ">=" | ">>";

/** One package named in a relationship field, such as `libc6:any (>= 2.38)`. */
export interface Relation {
  readonly name: string;
  /** `any` or an architecture, where the name is qualified. */
  readonly architecture?: string;
  readonly version?: { readonly operator: VersionOperator; readonly version: string };
}

/** Packages of which one is enough, in the order of preference. */
export type Alternatives = readonly Relation[];

/**
 * Parses a relationship field (Debian Policy 7.1): commas separate what must all hold, bars separate alternatives.
 * Returns undefined when the text is not of that form. Architecture and profile restrictions, which binary packages
 * do not have, count as not of that form.
 */
export const parseRelations = (text: string): readonly Alternatives[] | undefined => {
  const groups: Alternatives[] = [];
  for (const group of text.split(",")) {
    // A trailing comma is common and harmless.
    if (group.trim() === "") continue;
    const alternatives: Relation[] = [];
    for (const alternative of group.split("|")) {
      const relation = parseRelation(alternative.trim());
      if (relation === undefined) return undefined;
      alternatives.push(relation);
    }
    groups.push(alternatives);
  }
  return groups;
};

const RELATION =
  /^([a-z0-9][a-z0-9+.-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s()]+)\s*\))?$/i;

const parseRelation = (text: string): Relation | undefined => {
  const match = RELATION.exec(text);
  const name = match?.[1];
  if (name === undefined) return undefined;
  const architecture = match?.[2];
  const version = match?.[4];
  const operator = OPERATORS.get(match?.[3] ?? "");
  return {
    name,
    ...(architecture === undefined ? {} : { architecture }),
    ...(version === undefined || operator === undefined ? {} : { version: { operator, version } }),
  };
};

/** Policy 7.1: the old `<` and `>` mean "or equal", as dpkg still reads them. */
const OPERATORS: ReadonlyMap<string, VersionOperator> = new Map([
  ["<", "<="],
  [">", ">="],
  ["<<", "<<"],
  ["<=", "<="],
  ["=", "="],
  [">=", ">="],
  [">>", ">>"],
]);

/** Whether a version fulfils a relation; an unversioned relation is fulfilled by every version. */
export const fulfils = (version: string, relation: Relation): boolean => {
  if (relation.version === undefined) return true;
  return HOLDS[relation.version.operator](compareDebianVersions(version, relation.version.version));
};

const HOLDS: Readonly<Record<VersionOperator, (order: number) => boolean>> = {
  "<<": (order) => order < 0,
  "<=": (order) => order <= 0,
  "=": (order) => order === 0,
  ">=": (order) => order >= 0,
  ">>": (order) => order > 0,
};
