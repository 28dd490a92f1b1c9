import { spdxIdOf } from "./licence-names.ts";

/**
 * Translates a licence synopsis of a Debian copyright file (machine-readable format 1.0, section 7.2: `GPL-2+ or Expat, and
 * ISC`) into SPDX licence expressions that all apply. Every name that has no exact SPDX identifier goes through `reference`,
 * which gives the `LicenseRef-…` to use. A synopsis that is not of the form is one such name as a whole.
 */
export const toSpdxExpressions = (
  synopsis: string,
  reference: (name: string) => string,
): readonly string[] => {
  const trimmed = synopsis.trim().replace(/\s+/g, " ");
  const tree = parse(trimmed);
  return tree === undefined
    ? [reference(trimmed)]
    : conjuncts(tree).map((term) => render(term, reference));
};

/** Joins expressions that all apply: each once, in order of their text, bracketed where they offer a choice. */
export const allOf = (expressions: readonly string[]): string => {
  const terms = [...new Set(expressions)].sort();
  return terms.length <= 1
    ? (terms[0] ?? "NOASSERTION")
    : terms.map((term) => (/ OR /.test(term) ? `(${term})` : term)).join(" AND ");
};

type Tree =
  | { readonly kind: "licence"; readonly name: string; readonly exception?: string }
  | { readonly kind: "and" | "or"; readonly terms: readonly Tree[] };

/** Section 7.2: "and" binds closer than "or", and a comma before either binds least of all. */
const parse = (text: string): Tree | undefined =>
  splitBy(text, ", or ", "or", (any) =>
    splitBy(any, ", and ", "and", (all) =>
      splitBy(all, " or ", "or", (inner) => splitBy(inner, " and ", "and", parseLicence)),
    ),
  );

const splitBy = (
  text: string,
  separator: string,
  kind: "and" | "or",
  parsePart: (part: string) => Tree | undefined,
): Tree | undefined => {
  const terms: Tree[] = [];
  for (const part of text.split(new RegExp(separator, "i"))) {
    const tree = parsePart(part.trim());
    if (tree === undefined) return undefined;
    terms.push(tree);
  }
  const [only] = terms;
  return terms.length === 1 ? only : { kind, terms };
};

const LICENCE = /^([^\s,()]+)(?: with (?:the )?([^\s,()]+) exception)?$/i;

const parseLicence = (text: string): Tree | undefined => {
  const match = LICENCE.exec(text);
  const name = match?.[1];
  if (name === undefined) return undefined;
  const exception = match?.[2];
  return { kind: "licence", name, ...(exception === undefined ? {} : { exception }) };
};

/** Exceptions whose Debian name pins down one text; the others ("OpenSSL", "Autoconf") exist in several wordings. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["linux-syscall-note", "Linux-syscall-note"],
]);

const conjuncts = (tree: Tree): readonly Tree[] =>
  tree.kind === "and" ? tree.terms.flatMap(conjuncts) : [tree];

/** Annex D.4 of SPDX 2.3: WITH binds closest, then AND, then OR. */
const render = (tree: Tree, reference: (name: string) => string): string => {
  if (tree.kind === "licence") return renderLicence(tree.name, tree.exception, reference);
  const terms =
    tree.kind === "or"
      ? tree.terms.map((term) => render(term, reference))
      : conjuncts(tree).map((term) => {
          const text = render(term, reference);
          return term.kind === "or" ? `(${text})` : text;
        });
  return [...new Set(terms)].join(tree.kind === "and" ? " AND " : " OR ");
};

const renderLicence = (
  name: string,
  exceptionName: string | undefined,
  reference: (name: string) => string,
): string => {
  const id = spdxIdOf(name);
  if (exceptionName === undefined) return id ?? reference(name);
  const exception = EXCEPTIONS.get(exceptionName.toLowerCase());
  return id === undefined || exception === undefined
    ? reference(`${name} with ${exceptionName} exception`)
    : `${id} WITH ${exception}`;
};
