/** Units of systemd, as its manager sees them. */
import type { Exec } from "@slipway/host";
import type { UnitsCheck } from "@slipway/release";
import type { Seen } from "../trial.ts";

/** What `systemctl show` says of a unit, by the names of its properties. */
type Properties = ReadonlyMap<string, string>;

/** Blocks of `NAME=VALUE` lines, one a unit, with empty lines between them. */
export const parseShown = (text: string): readonly Properties[] =>
  text
    .trim()
    .split(/\n{2,}/)
    .filter((block) => block !== "")
    .map(
      (block) =>
        new Map(
          block.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
            const at = line.indexOf("=");
            return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
          }),
        ),
    );

export const showUnits = async (
  exec: Exec,
  units: readonly string[],
  { properties, signal }: { readonly properties: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly Properties[]> => {
  const { stdout } = await exec.run(
    {
      argv: ["systemctl", "show", `--property=Id,${properties.join(",")}`, "--", ...units],
      purpose: "asking systemd for the state of units",
    },
    { signal },
  );
  return parseShown(stdout);
};

/** More than these help nobody. */
const MOST_NAMED = 8;

export const namesOf = (names: readonly string[]): string =>
  names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(", ")} and ${names.length - MOST_NAMED} more`
    : names.join(", ");

/** The units that have failed, in the order of their names. */
export const failedUnits = async (exec: Exec, signal: AbortSignal): Promise<readonly string[]> => {
  const { stdout } = await exec.run(
    {
      argv: ["systemctl", "list-units", "--failed", "--plain", "--no-legend", "--full", "--all"],
      purpose: "asking systemd for failed units",
    },
    { signal },
  );
  return stdout
    .split("\n")
    .flatMap((line) => /^\s*(\S+\.[a-z]+)\s/.exec(line)?.[1] ?? [])
    .sort();
};

/** What each unit is, where that is not what was asked for. */
const inactiveAmong = async (
  exec: Exec,
  units: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const shown = await showUnits(exec, units, {
    properties: ["LoadState", "ActiveState", "SubState"],
    signal,
  });
  // One block for each name and in their order; the name in it may be another, where the unit has several.
  return units.flatMap((unit, index) => {
    const properties = shown[index];
    const state = properties?.get("ActiveState") ?? "unknown";
    if (state === "active") return [];
    const load = properties?.get("LoadState") ?? "unknown";
    const reason = load === "loaded" ? `${state} (${properties?.get("SubState") ?? ""})` : load;
    return [`${unit} is ${reason}`];
  });
};

export const lookAtUnits =
  (exec: Exec, what: UnitsCheck) =>
  async (signal: AbortSignal): Promise<Seen> => {
    const inactive = what.active.length === 0 ? [] : await inactiveAmong(exec, what.active, signal);
    const failed = what.none_failed ? await failedUnits(exec, signal) : [];
    const faults = [...inactive, ...(failed.length === 0 ? [] : [`failed: ${namesOf(failed)}`])];
    if (faults.length > 0) return { passed: false, seen: namesOf(faults) };
    return {
      passed: true,
      seen: [
        ...(what.active.length === 0 ? [] : [`${namesOf(what.active)} active`]),
        ...(what.none_failed ? ["no unit has failed"] : []),
      ].join("; "),
    };
  };
