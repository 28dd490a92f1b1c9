import type { Architecture } from "@slipway/ignition-config";
import { choice, usageError } from "@slipway/host/command-line";

/** Here and not from the language, so that reading arguments loads nothing; a test compares the two. */
export const ARCHITECTURE_NAMES: readonly Architecture[] = ["x86_64", "aarch64"];

/** What others call them. */
const OTHER_NAMES: ReadonlyMap<string, Architecture> = new Map([
  ["amd64", "x86_64"],
  ["x64", "x86_64"],
  ["x86-64", "x86_64"],
  ["arm64", "aarch64"],
]);

/** The values of `--arch`, each once. */
export const readArchitectures = (values: readonly string[]): readonly Architecture[] => {
  const read = values.map((value) => {
    const meant = OTHER_NAMES.get(value);
    if (meant !== undefined) throw usageError(`--arch is '${value}'`, `did you mean ${meant}?`);
    return choice("arch", value, ARCHITECTURE_NAMES);
  });
  return [...new Set(read)];
};
