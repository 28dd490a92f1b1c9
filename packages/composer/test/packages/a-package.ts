import type { InstalledPackage } from "../../src/packages/installed-package.ts";
import type { PackageRecord } from "../../src/packages/package-record.ts";
import { parseRelations } from "../../src/packages/relation.ts";

/** A package with valid defaults; relationship fields are written as in a control file. */
export const aPackage = (
  name: string,
  fields: Partial<Omit<InstalledPackage, "name" | "depends" | "provides">> & {
    readonly depends?: string;
    readonly provides?: string;
  } = {},
): InstalledPackage => ({
  name,
  version: "1.0-1",
  architecture: "amd64",
  source: name,
  sourceVersion: fields.version ?? "1.0-1",
  maintainer: "Jane Doe <jane@debian.org>",
  section: "misc",
  installedSizeKib: 100,
  ...fields,
  depends: parseRelations(fields.depends ?? "") ?? [],
  provides: (parseRelations(fields.provides ?? "") ?? []).flat(),
});

/** The same with what the lock and the copyright file add. */
export const aRecord = (
  name: string,
  fields: Parameters<typeof aPackage>[1] = {},
  licence: PackageRecord["licence"] = { expression: "MIT", extracted: [] },
): PackageRecord => {
  const one = aPackage(name, fields);
  return {
    ...one,
    deb: {
      sha256: "ab".repeat(32),
      size: 1000,
      filename: `pool/main/${name.slice(0, 1)}/${name}/${name}_${one.version}_${one.architecture}.deb`,
    },
    licence,
  };
};
