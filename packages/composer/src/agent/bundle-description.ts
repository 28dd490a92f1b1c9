/** bundle.json, which tools/bundle-agent.ts writes into the bundle's directory. Pure. */
import { ComposerError } from "../errors.ts";

/** A package of npm, as an SBOM names it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
}

/** A file of the bundle, by its name below the directory. */
export interface BundledFile {
  readonly name: string;
  /** In hex. */
  readonly sha256: string;
}

export interface BundleDescription {
  readonly version: string;
  /** All but bundle.json itself, by name: the program, its parts, LICENSES. */
  readonly files: readonly BundledFile[];
  /** By name. */
  readonly packages: readonly NpmPackage[];
}

const PROGRAM = "agent.mjs";
export const LICENCES = "LICENSES";

/** More than any bundle holds: a list beyond it is damage. */
const MOST_PACKAGES = 200;
const MOST_FILES = 500;

const FILE = /^(?:agent\.mjs|LICENSES|parts\/[a-z0-9][a-z0-9-]{0,99}\.mjs)$/;
const SHA256 = /^[0-9a-f]{64}$/;

const NAME = /^(?:@[a-z0-9._-]+\/)?[a-z0-9._-]+$/;
const VERSION = /^[0-9A-Za-z.+-]{1,64}$/;
/** As a release's manifest may name it. */
const AGENT_VERSION = /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/;
const LICENCE = /^[A-Za-z0-9.()+ -]{1,200}$/;

/** @throws ComposerError `TOOL_OUTPUT` naming the first field that is not as it must be. */
export const readBundleDescription = (text: string, file: string): BundleDescription => {
  const broken = (what: string): ComposerError =>
    new ComposerError("TOOL_OUTPUT", `${file}: ${what}`, {
      hint: "the cache was changed by something else: remove it and build again",
    });
  const fieldsOf = (value: unknown, where: string): ReadonlyMap<string, unknown> => {
    if (typeof value !== "object" || value === null) throw broken(`${where} must be an object`);
    return new Map(Object.entries(value));
  };
  const textOf = (fields: ReadonlyMap<string, unknown>, name: string, shape: RegExp): string => {
    const value = fields.get(name);
    if (typeof value === "string" && shape.test(value)) return value;
    throw broken(`${name} must match ${shape}`);
  };
  const fields = fieldsOf(parsed(text), "it");
  const listOf = (name: string, most: number): readonly unknown[] => {
    const value = fields.get(name);
    if (Array.isArray(value) && value.length <= most) return value;
    throw broken(`${name} must be a list of at most ${most}`);
  };
  if (fields.get("schema") !== 2) throw broken("schema must be 2");
  const version = textOf(fields, "version", AGENT_VERSION);
  const files = listOf("files", MOST_FILES).map((one) => {
    const item = fieldsOf(one, "a file");
    return { name: textOf(item, "name", FILE), sha256: textOf(item, "sha256", SHA256) };
  });
  const names = files.map(({ name }) => name);
  if (!names.every((name, at) => name > (names[at - 1] ?? "")))
    throw broken("files must stand by name, each once");
  for (const name of [PROGRAM, LICENCES])
    if (!names.includes(name)) throw broken(`files must have ${name}`);
  return {
    version,
    files,
    packages: listOf("packages", MOST_PACKAGES).map((one) => {
      const item = fieldsOf(one, "a package");
      return {
        name: textOf(item, "name", NAME),
        version: textOf(item, "version", VERSION),
        licence: textOf(item, "licence", LICENCE),
      };
    }),
  };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
