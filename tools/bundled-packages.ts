import { hash } from "node:crypto";
import type { BundleFile } from "./bundle-parts.ts";

/** A package of npm of which the agent's bundle holds something. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** As its package.json states it: an SPDX expression. */
  readonly licence: string;
  /** The licence's text, copyright notices and all. */
  readonly text: string;
}

/** Our own licence, then each package's under its name: what MIT, ISC and the BSD licences ask to go along with copies. */
export const licencesText = (own: string, packages: readonly Bundled[]): string =>
  [
    `slipway-agent\n\n${own.trim()}`,
    ...packages.map(
      ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text.trim()}`,
    ),
  ]
    .map((part) => `${part}\n`)
    .join(`\n${"-".repeat(72)}\n\n`);

/** bundle.json: what the composer reads. Every file of the directory but itself, by name, with its SHA-256. */
export const bundleDescription = (of: {
  readonly version: string;
  readonly files: readonly BundleFile[];
  readonly packages: readonly Bundled[];
}): string => {
  const packages = of.packages.map(({ name, version, licence }) => ({ name, version, licence }));
  const files = of.files
    .map(({ name, text }) => ({ name, sha256: hash("sha256", text) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { version } = of;
  return `${JSON.stringify({ schema: 2, version, files, packages }, undefined, 2)}\n`;
};
