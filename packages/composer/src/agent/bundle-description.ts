/** bundle.json, which tools/bundle-agent.ts writes beside the bundle. Pure. */
import { ComposerError } from "../errors.ts";

/** A package of npm, as an SBOM names it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
}

export interface BundleDescription {
  readonly version: string;
  /** Of agent.mjs, in hex. */
  readonly sha256: string;
  /** By name. */
  readonly packages: readonly NpmPackage[];
}

/** More than any bundle holds: a list beyond it is damage. */
const MOST_PACKAGES = 200;

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
  if (fields.get("schema") !== 1) throw broken("schema must be 1");
  const packages = fields.get("packages");
  if (!Array.isArray(packages) || packages.length > MOST_PACKAGES)
    throw broken(`packages must be a list of at most ${MOST_PACKAGES}`);
  return {
    version: textOf(fields, "version", AGENT_VERSION),
    sha256: textOf(fields, "sha256", /^[0-9a-f]{64}$/),
    packages: packages.map((one: unknown) => {
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
