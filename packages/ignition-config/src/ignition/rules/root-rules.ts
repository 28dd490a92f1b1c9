import { parseSemver } from "../semver.ts";
import type { Minor } from "../schema/table.ts";
import { MESSAGES } from "./messages.ts";
import { isFilled, type Newest, type Rules } from "./rule.ts";

const UNIT_DIRECTORY = "/etc/systemd/system/";

/** The files that the config's units and drop-ins become. */
const unitPaths = (units: readonly Newest<"Unit">[]): ReadonlySet<string> => {
  const paths = new Set<string>();
  for (const { name, contents, dropins = [] } of units) {
    const path = UNIT_DIRECTORY + name;
    if (isFilled(contents)) paths.add(path);
    for (const dropin of dropins) {
      if (isFilled(dropin.contents)) paths.add(`${path}.d/${dropin.name}`);
    }
  }
  return paths;
};

/** Whether a text names the spec of a minor number, in any spelling that Ignition takes. */
export const isVersion = (text: string, minor: Minor): boolean => {
  const version = parseSemver(text);
  return (
    version !== undefined &&
    version.major === 3n &&
    version.minor === BigInt(minor) &&
    version.patch === 0n &&
    version.metadata === "" &&
    version.preRelease === (minor === 7 ? "experimental" : "")
  );
};

/** Rules for the config as a whole. */
export const ROOT_RULES: Rules = {
  Config: ({ storage = {}, systemd = {} }, say) => {
    const taken = unitPaths(systemd.units ?? []);
    for (const list of ["files", "directories", "links"] as const) {
      for (const [index, { path }] of (storage[list] ?? []).entries()) {
        say.error(
          ["storage", list, index, "path"],
          taken.has(path) ? MESSAGES.pathOfUnit : undefined,
        );
      }
    }
  },
  Ignition: ({ version }, say, minor) => {
    if (parseSemver(version) === undefined) say.error(["version"], MESSAGES.versionUnparsable);
    else if (!isVersion(version, minor)) say.error(["version"], MESSAGES.versionUnknown);
  },
};
