import { hash } from "node:crypto";
import { parseControl } from "./control.ts";
import type { ControlParagraph } from "./control.ts";
import { PackageError } from "./errors.ts";
import { allOf, toSpdxExpressions } from "./licence-expression.ts";

/** A licence that has no SPDX identifier, with the text Debian gives for it. */
export interface ExtractedLicence {
  /** `LicenseRef-NAME-DIGEST`: the same name with the same text has the same id in every document. */
  readonly id: string;
  /** The name in the copyright file. */
  readonly name: string;
  readonly text: string;
}

/** What Debian states about the licences of a package. */
export interface LicenceStatement {
  /** An SPDX licence expression, or `NOASSERTION` where Debian states nothing a machine can read. */
  readonly expression: string;
  /** Every `LicenseRef-…` of the expression, by id. */
  readonly extracted: readonly ExtractedLicence[];
}

export const NO_LICENCE_STATEMENT: LicenceStatement = { expression: "NOASSERTION", extracted: [] };

/**
 * Reads `/usr/share/doc/NAME/copyright`. The licences of all its files apply together, the packaging's own included: Debian
 * states them for the source package, and which of them a binary package carries is written nowhere. A file that is not in
 * the machine-readable format 1.0, or breaks it, states nothing.
 */
export const readCopyright = (text: string): LicenceStatement => {
  const paragraphs = paragraphsOf(text);
  const header = paragraphs[0];
  if (header === undefined || !isMachineReadable(header)) return NO_LICENCE_STATEMENT;

  const texts = new Map<string, string>();
  const synopses: string[] = [];
  for (const { fields } of paragraphs) {
    const licence = fields.get("license");
    if (licence === undefined) continue;
    const [synopsis = "", ...body] = licence.split("\n");
    if (body.length > 0) texts.set(key(synopsis), unindent(body));
    if (fields.has("files")) synopses.push(synopsis);
  }
  // A header may state one licence for the whole, where no paragraph speaks of files.
  if (synopses.length === 0) synopses.push(...firstLine(header.fields.get("license")));
  const stated = synopses.filter((synopsis) => synopsis.trim() !== "");
  if (stated.length === 0) return NO_LICENCE_STATEMENT;

  const extracted = new Map<string, ExtractedLicence>();
  const reference = (name: string): string => {
    const licence = extract(name, texts);
    extracted.set(licence.id, licence);
    return licence.id;
  };
  return {
    expression: allOf(stated.flatMap((synopsis) => toSpdxExpressions(synopsis, reference))),
    extracted: [...extracted.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
};

const paragraphsOf = (text: string): readonly ControlParagraph[] => {
  try {
    return parseControl(text, "copyright");
  } catch (error) {
    // Most old copyright files are prose, and prose is not a broken control file.
    if (error instanceof PackageError) return [];
    throw error;
  }
};

const isMachineReadable = (header: ControlParagraph): boolean =>
  /copyright-format\/1\.0|\/dep5/i.test(header.fields.get("format") ?? "");

const firstLine = (field: string | undefined): readonly string[] =>
  field === undefined ? [] : [field.split("\n", 1)[0] ?? ""];

const key = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

/** Section 3 of the format: lines are indented by one space, and a lone full stop is an empty line. */
const unindent = (lines: readonly string[]): string =>
  lines
    .map((line) => line.slice(1).trimEnd())
    .map((line) => (line === "." ? "" : line))
    .join("\n")
    .trim();

const extract = (name: string, texts: ReadonlyMap<string, string>): ExtractedLicence => {
  // A choice such as "Artistic or GPL-1+" is looked up by its parts; the plain name comes without its exception's text.
  const found = texts.get(key(name)) ?? texts.get(key(name.replace(/ with .*$/i, "")));
  const text =
    found === undefined || found === ""
      ? `Debian's copyright file names the licence "${name}" and gives no text for it.`
      : found;
  const idString = name.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^-+|-+$/g, "");
  return { id: `LicenseRef-${idString}-${hash("sha256", text).slice(0, 12)}`, name, text };
};
