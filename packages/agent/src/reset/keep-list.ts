/** What a factory reset leaves on `/var`, and the order that tells `reset-node` of it. Pure. */

/** Relative to `/var`. Without its ledger a node would try again what failed on it; without its id it would be another node to its repository. */
const ALWAYS_KEPT = ["lib/slipway/agent", "lib/slipway/node-id"] as const;
const MACHINE_ID = "lib/slipway/machine-id";

/** Absolute, as people write it. */
export const DEFAULT_KEEP: readonly string[] = ["/var/lib/slipway/ssh"];

/** `packages/composer/node/reset-node` reads it. */
const FIRST_LINE = "slipway-reset 1";
const LAST_LINE = "end";

export interface ResetChoice {
  /** Absolute paths below `/var`. */
  readonly keep: readonly string[];
  /** The node gets another machine-id, and with it another place in rollouts. */
  readonly newMachineId: boolean;
}

const PATH = /^\/var(?:\/[^/\p{Cc}\p{Cs}]{1,255}){1,32}$/u;

/** Whether a text is a path that can be kept: below `/var`, absolute, without anything that leads elsewhere. */
export const isKeepPath = (text: string): boolean =>
  PATH.test(text) &&
  text.length <= 1024 &&
  text.split("/").every((name) => name !== "." && name !== "..");

/** All that is kept, relative to `/var`, in order. */
export const keptPaths = ({ keep, newMachineId }: ResetChoice): readonly string[] =>
  [
    ...new Set([
      ...ALWAYS_KEPT,
      ...(newMachineId ? [] : [MACHINE_ID]),
      ...keep.map((path) => path.slice("/var/".length)),
    ]),
  ].toSorted();

/** As a boot reads it, whole to its last line. */
export const resetOrder = (choice: ResetChoice): string =>
  [FIRST_LINE, ...keptPaths(choice).map((path) => `keep ${path}`), LAST_LINE, ""].join("\n");

/** Of a path relative to `/var`: kept, above something that is, or lost with all that is in it. */
export const fateOf = (path: string, kept: readonly string[]): "kept" | "above" | "lost" => {
  if (kept.includes(path)) return "kept";
  return kept.some((one) => one.startsWith(`${path}/`)) ? "above" : "lost";
};
