/** What is built: an image definition, and what its lock says of x86_64. */
import { readFile, stat } from "node:fs/promises";
import { type DefinitionIo, type ImageDefinition, loadDefinition } from "@slipway/ignition-config";

/** A package as a lock names it. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly sets: readonly string[];
}

/** Reads everything, refuses nothing: `slipway build` has already accepted the definition. */
export const readWith: DefinitionIo = {
  read: async (file) => ({ ok: true, bytes: await readFile(file) }),
  kind: (file) =>
    stat(file).then(
      (facts) => (facts.isFile() ? "file" : "other"),
      () => "missing",
    ),
};

export const readDefinition = async (file: string): Promise<ImageDefinition> => {
  const { definition, report } = await loadDefinition(file, readWith);
  if (definition === undefined) {
    throw new Error(`${file}: ${report.findings.map(({ message }) => message).join("; ")}`);
  }
  return definition;
};

/** @throws Error when the text is no lock with packages for x86_64. */
export const readLockedPackages = (text: string): readonly PinnedPackage[] => {
  const packages = at(at(at(JSON.parse(text), "architectures"), "x86_64"), "packages");
  if (!Array.isArray(packages) || packages.length === 0) {
    throw new Error("the lock names no packages for x86_64");
  }
  return packages.map((entry: unknown) => {
    const [name, version, sets] = [at(entry, "name"), at(entry, "version"), at(entry, "sets")];
    if (typeof name !== "string" || typeof version !== "string" || !Array.isArray(sets)) {
      throw new TypeError(`the lock has no name, version and sets in ${JSON.stringify(entry)}`);
    }
    return { name, version, sets: sets.map(String) };
  });
};

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
