import { byNameAndArchitecture } from "./installed-package.ts";
import type { PackageRecord } from "./package-record.ts";

/** One element of a release's `packages.json`. */
export interface PackageEntry {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly section?: string;
  readonly maintainer?: string;
  readonly installedSizeKib: number;
  /** An SPDX licence expression or `NOASSERTION`; the texts behind `LicenseRef-…` are in the SBOM. */
  readonly licence: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly filename?: string;
}

/** `packages.json` of a release: a list ordered by name, then architecture, the same bytes for the same packages. */
export const packagesJson = (packages: readonly PackageRecord[]): string =>
  `${JSON.stringify([...packages].sort(byNameAndArchitecture).map(toEntry), undefined, 2)}\n`;

const toEntry = (record: PackageRecord): PackageEntry => ({
  name: record.name,
  version: record.version,
  architecture: record.architecture,
  source: record.source,
  sourceVersion: record.sourceVersion,
  ...(record.section === undefined ? {} : { section: record.section }),
  ...(record.maintainer === undefined ? {} : { maintainer: record.maintainer }),
  installedSizeKib: record.installedSizeKib,
  licence: record.licence.expression,
  ...record.deb,
});

/**
 * Reads back a parsed `packages.json`. Fields it does not know are ignored, so that an older Slipway reads a newer release;
 * returns undefined when the list, or an entry's name, version, architecture or size, is not what it must be.
 */
export const decodePackages = (value: unknown): readonly PackageEntry[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const entries: PackageEntry[] = [];
  for (const element of value as readonly unknown[]) {
    const entry = decodeEntry(element);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
};

const decodeEntry = (value: unknown): PackageEntry | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string | undefined => {
    const field = fields.get(name);
    return typeof field === "string" ? field : undefined;
  };
  const name = text("name");
  const version = text("version");
  const architecture = text("architecture");
  const installedSizeKib = count(fields.get("installedSizeKib"));
  if (name === undefined || version === undefined || architecture === undefined) return undefined;
  if (installedSizeKib === undefined) return undefined;
  const section = text("section");
  const maintainer = text("maintainer");
  const sha256 = text("sha256");
  const size = count(fields.get("size"));
  const filename = text("filename");
  return {
    name,
    version,
    architecture,
    source: text("source") ?? name,
    sourceVersion: text("sourceVersion") ?? version,
    ...(section === undefined ? {} : { section }),
    ...(maintainer === undefined ? {} : { maintainer }),
    installedSizeKib,
    licence: text("licence") ?? "NOASSERTION",
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(size === undefined ? {} : { size }),
    ...(filename === undefined ? {} : { filename }),
  };
};

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
