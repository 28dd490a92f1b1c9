import { parseControl } from "./control.ts";
import type { ControlParagraph } from "./control.ts";
import { PackageError } from "./errors.ts";
import { parseRelations } from "./relation.ts";
import type { Alternatives, Relation } from "./relation.ts";

/** A Debian package as its control fields describe it. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Debian's name of the architecture, such as `amd64`, or `all`. */
  readonly architecture: string;
  /** The source package it was built from; where the field is absent, the package's own name. */
  readonly source: string;
  readonly sourceVersion: string;
  readonly maintainer?: string;
  readonly section?: string;
  readonly homepage?: string;
  /** The first line of the description. */
  readonly summary?: string;
  /** As the package claims it: an estimate in KiB, 0 where it claims nothing. */
  readonly installedSizeKib: number;
  /** `Pre-Depends` and `Depends` together: each group needs one of its alternatives. */
  readonly depends: readonly Alternatives[];
  readonly provides: readonly Relation[];
}

/**
 * Reads a dpkg status file (`/var/lib/dpkg/status`): the packages that are installed, ordered by name, then architecture.
 * Packages that were removed and left only their configuration are not in the list; a package that is half installed is an
 * error, for an image must not ship it. `source` names the file in errors.
 */
export const parseDpkgStatus = (text: string, source: string): readonly InstalledPackage[] => {
  const packages: InstalledPackage[] = [];
  for (const paragraph of parseControl(text, source)) {
    const status = paragraph.fields.get("status");
    if (status === undefined) {
      throw malformed(
        paragraph,
        source,
        "has no Status field",
        "check that this is a dpkg status file",
      );
    }
    // The first word is what was asked for: a package on hold, or chosen for removal, is installed all the same.
    const [, error, state] = status.split(/\s+/);
    if (state === "config-files" || state === "not-installed") continue;
    if (error !== "ok" || state !== "installed") {
      throw malformed(
        paragraph,
        source,
        `is "${status}", not installed`,
        "look in the log of the composition for the package whose script failed",
      );
    }
    packages.push(packageOf(paragraph, source));
  }
  return packages.sort(byNameAndArchitecture);
};

/** Reads the control file of one .deb; `source` names it in errors. */
export const parseControlFile = (text: string, source: string): InstalledPackage => {
  const [paragraph, ...others] = parseControl(text, source);
  if (paragraph === undefined || others.length > 0) {
    throw new PackageError(
      "PACKAGE_MALFORMED",
      { source, line: others[0]?.line ?? 1 },
      "a package's control file has exactly one paragraph",
      "check that this is the file `control` of a .deb",
    );
  }
  return packageOf(paragraph, source);
};

/** The order in which package lists are written: by name, then architecture, by code unit. */
export const byNameAndArchitecture = (
  a: { readonly name: string; readonly architecture: string },
  b: { readonly name: string; readonly architecture: string },
): number => compareText(a.name, b.name) || compareText(a.architecture, b.architecture);

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const NAME = /^[a-z0-9][a-z0-9+.-]*$/;
// Debian Policy 5.6.12, as dpkg enforces it: an upstream version starts with a digit only by convention.
const VERSION = /^(?:[0-9]+:)?[A-Za-z0-9.+~:-]+$/;

const packageOf = (paragraph: ControlParagraph, source: string): InstalledPackage => {
  const { fields } = paragraph;
  const required = (field: string, pattern: RegExp): string => {
    const value = fields.get(field);
    if (value === undefined || !pattern.test(value)) {
      throw malformed(
        paragraph,
        source,
        value === undefined ? `has no field ${field}` : `has the ${field} "${value.slice(0, 60)}"`,
        "compare it with Debian Policy 5.6",
      );
    }
    return value;
  };
  const name = required("package", NAME);
  const version = required("version", VERSION);
  const architecture = required("architecture", /^[a-z0-9-]+$/);
  const maintainer = fields.get("maintainer");
  const section = fields.get("section");
  const homepage = fields.get("homepage");
  const summary = fields.get("description")?.split("\n", 1)[0];
  const relations = (field: string): readonly Alternatives[] => {
    const parsed = parseRelations((fields.get(field) ?? "").replace(/\n/g, " "));
    if (parsed === undefined) {
      throw malformed(
        paragraph,
        source,
        `has a ${field} field that is no list of packages`,
        POLICY_7,
      );
    }
    return parsed;
  };
  return {
    name,
    version,
    architecture,
    ...sourceOf(fields.get("source"), name, version),
    ...(maintainer === undefined ? {} : { maintainer }),
    ...(section === undefined ? {} : { section }),
    ...(homepage === undefined || homepage === "" ? {} : { homepage }),
    ...(summary === undefined || summary === "" ? {} : { summary }),
    installedSizeKib: sizeOf(fields.get("installed-size")),
    depends: [...relations("pre-depends"), ...relations("depends")],
    provides: relations("provides").flat(),
  };
};

const POLICY_7 = "compare it with Debian Policy 7.1";

/** Policy 5.6.1: `Source: NAME` or `Source: NAME (VERSION)`; absent when both equal the binary package's. */
const sourceOf = (
  field: string | undefined,
  name: string,
  version: string,
): { readonly source: string; readonly sourceVersion: string } => {
  const match = /^(\S+)(?:\s+\((\S+)\))?$/.exec(field ?? "");
  return { source: match?.[1] ?? name, sourceVersion: match?.[2] ?? version };
};

const sizeOf = (field: string | undefined): number => {
  const size = Number(field ?? "0");
  return Number.isSafeInteger(size) && size >= 0 ? size : 0;
};

const malformed = (
  paragraph: ControlParagraph,
  source: string,
  message: string,
  hint: string,
): PackageError =>
  new PackageError(
    "PACKAGE_MALFORMED",
    { source, line: paragraph.line },
    `the package ${paragraph.fields.get("package") ?? "without a name"} ${message}`,
    hint,
  );
