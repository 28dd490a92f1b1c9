/** What the image and the operator want to see working: the files of `health.d`. */
import {
  type ComparingLevels,
  DEFAULT_DEADLINE_SECONDS,
  DEFAULT_INTERVAL_SECONDS,
  DEFAULT_SETTLE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  decodeHealthChecks,
  formatPath,
  type HealthCheck,
  type HealthChecks,
  MAX_HEALTH_BYTES,
} from "@slipway/release";
import { type DropIn, readDropIns } from "../config/drop-ins.ts";
import type { Places } from "./ports.ts";
import type { Trial } from "./trial.ts";

/** The image's first; a file of a later directory takes the place of one of the same name in an earlier one. */
export const HEALTH_DIRECTORIES: readonly string[] = [
  "/usr/lib/slipway/health.d",
  "/etc/slipway/health.d",
];

/** A file that is not understood: what it would have asked for, nobody knows. */
export interface BadFile {
  readonly path: string;
  readonly reason: string;
}

/** All that is asked for on this node. */
export interface AskedHealth {
  readonly deadlineSeconds: number;
  readonly settleSeconds: number;
  /** What the built-in checks decide; the last file that says something of one counts. */
  readonly builtIn: ComparingLevels;
  /** Each name once: a later file's check takes the place of an earlier one's. */
  readonly checks: readonly HealthCheck[];
  readonly badFiles: readonly BadFile[];
}

type ReadFile = { readonly path: string } & (
  | { readonly health: HealthChecks }
  | { readonly reason: string }
);

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** @throws where the text is no JSON or YAML. Images have the former, and load nothing for the latter. */
const parse = async (path: string, text: string): Promise<unknown> => {
  if (path.endsWith(".json")) return JSON.parse(text);
  return (await import("./yaml.ts")).parseYaml(text);
};

const decode = async ({ file: path, text, problem }: DropIn): Promise<ReadFile> => {
  if (text === undefined) return { path, reason: problem ?? "it cannot be read" };
  let value: unknown;
  try {
    value = await parse(path, text);
  } catch (error) {
    return { path, reason: messageOf(error) };
  }
  const decoded = decodeHealthChecks(value);
  if (decoded.ok) return { path, health: decoded.value };
  const reasons = decoded.findings.map(({ message, path: at }) =>
    message.startsWith(formatPath(at)) ? message : `${formatPath(at)}: ${message}`,
  );
  return { path, reason: reasons.join("; ") };
};

/** Never fails: what cannot be read is a bad file. */
export const readHealthFiles = async (
  places: Places,
  directories: readonly string[] = HEALTH_DIRECTORIES,
): Promise<AskedHealth> => {
  const endings = [".json", ".yaml", ".yml"];
  const dropIns = await readDropIns(places, { directories, endings, mostBytes: MAX_HEALTH_BYTES });
  const files = await Promise.all(dropIns.map(decode));
  const understood = files.flatMap((file) => ("health" in file ? [file.health] : []));
  const checks = new Map(
    understood.flatMap((health) => health.checks.map((check) => [check.name, check] as const)),
  );
  const deadlines = understood.flatMap(({ deadlineSeconds }) => deadlineSeconds ?? []);
  const settles = understood.flatMap(({ settleSeconds }) => settleSeconds ?? []);
  const deadlineSeconds = Math.min(
    ...(deadlines.length === 0 ? [DEFAULT_DEADLINE_SECONDS] : deadlines),
  );
  return {
    deadlineSeconds,
    // What two files ask for may not fit together; no release could pass then.
    settleSeconds: Math.min(Math.max(DEFAULT_SETTLE_SECONDS, ...settles), deadlineSeconds / 2),
    builtIn: understood.reduce<ComparingLevels>((all, file) => ({ ...all, ...file.builtIn }), {}),
    checks: [...checks.values()],
    badFiles: files.flatMap((file) => ("health" in file ? [] : [file])),
  };
};

/** A bad file is a check that fails: an operator who wrote one wants to know before the release is blessed, not after. */
export const badFileTrial = ({ path, reason }: BadFile): Trial => ({
  name: path,
  level: "required",
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
  intervalSeconds: DEFAULT_INTERVAL_SECONDS,
  retries: 0,
  look: async () => ({
    passed: false,
    seen: `${path} is no file of health checks: ${reason}`,
    // The line above may be cut.
    output: reason,
  }),
});
