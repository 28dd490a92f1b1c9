/**
 * The SPDX identifier of a licence that a Debian copyright file names, or undefined where the name does not pin down one
 * licence text. The names are those of the machine-readable format 1.0, section 7.1 ("short name"), and the SPDX
 * identifiers that maintainers use in their place. Deliberately without an answer: `MIT`, `X11`, `BSD` and `Artistic`, which
 * stand for several texts, and GPL or LGPL without a version.
 */
export const spdxIdOf = (shortName: string): string | undefined => {
  // Section 7.1: names are compared without regard to case, and trailing ".0" does not count.
  const name = shortName.toLowerCase();
  return gnuId(name) ?? NAMES.get(withoutZeros(name));
};

const GNU = /^(gpl|lgpl|agpl|gfdl|gfdl-niv)-([0-9](?:\.[0-9])?)(\+|-only|-or-later)?$/;

/** The versions SPDX lists of each GNU licence; `LGPL-3.1`, say, would be a slip of the pen. */
const GNU_VERSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["gpl", ["1.0", "2.0", "3.0"]],
  ["lgpl", ["2.0", "2.1", "3.0"]],
  ["agpl", ["1.0", "3.0"]],
  ["gfdl", ["1.1", "1.2", "1.3"]],
  ["gfdl-niv", ["1.1", "1.2", "1.3"]],
]);

const gnuId = (name: string): string | undefined => {
  const match = GNU.exec(name);
  const family = match?.[1] ?? "";
  const written = match?.[2] ?? "";
  const version = written.includes(".") ? written : `${written}.0`;
  if (GNU_VERSIONS.get(family)?.includes(version) !== true) return undefined;
  const later = match?.[3] === "+" || match?.[3] === "-or-later" ? "or-later" : "only";
  // GFDL-NIV is the licence without invariant sections, front-cover and back-cover texts.
  return family === "gfdl-niv"
    ? `GFDL-${version}-no-invariants-${later}`
    : `${family.toUpperCase()}-${version}-${later}`;
};

/** Names that are SPDX identifiers but for their case; SPDX coined them, so they can only mean its text. */
const SAME: readonly string[] = [
  "0BSD",
  "Apache-1.0",
  "Apache-1.1",
  "Apache-2.0",
  "Artistic-2.0",
  "Beerware",
  "BSD-1-Clause",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BSD-4-Clause",
  "BSD-4-Clause-UC",
  "BSL-1.0",
  "bzip2-1.0.6",
  "CC-BY-2.0",
  "CC-BY-2.5",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "CC-BY-SA-2.0",
  "CC-BY-SA-2.5",
  "CC-BY-SA-3.0",
  "CC-BY-SA-4.0",
  "CC0-1.0",
  "CDDL-1.0",
  "CDDL-1.1",
  "CPL-1.0",
  "curl",
  "ECL-2.0",
  "EFL-1.0",
  "EFL-2.0",
  "EPL-1.0",
  "EPL-2.0",
  "FSFAP",
  "FSFUL",
  "FSFULLR",
  "ISC",
  "LPPL-1.0",
  "LPPL-1.1",
  "LPPL-1.2",
  "LPPL-1.3a",
  "LPPL-1.3c",
  "MIT-0",
  "MPL-1.0",
  "MPL-1.1",
  "MPL-2.0",
  "OFL-1.0",
  "OFL-1.1",
  "PostgreSQL",
  "PSF-2.0",
  "Python-2.0",
  "QPL-1.0",
  "Sleepycat",
  "Unicode-3.0",
  "Unicode-DFS-2015",
  "Unicode-DFS-2016",
  "Unlicense",
  "W3C",
  "WTFPL",
  "Zlib",
];

const withoutZeros = (name: string): string => name.replace(/(?:\.0)+$/, "");

const NAMES: ReadonlyMap<string, string> = new Map([
  ...SAME.map((id): [string, string] => [withoutZeros(id.toLowerCase()), id]),
  // Debian's own names, section 7.1.
  ["expat", "MIT"],
  ["zope-1.1", "ZPL-1.1"],
  ["zope-2", "ZPL-2.0"],
  ["zope-2.1", "ZPL-2.1"],
]);
