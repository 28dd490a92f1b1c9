/** Health checks from the value of a file, and back. Unknown members are refused: people write these files, and an unknown name is a slip. */
import { encodeCanonical } from "../wire/canonical-json.ts";
import type { Decoded } from "../wire/finding.ts";
import {
  type Bounds,
  finish,
  type ObjectReader,
  type Problems,
  readObject,
  readSchema,
} from "../wire/reader.ts";
import { NAME } from "../wire/shapes.ts";
import {
  CHECK_LEVELS,
  COMPARING_CHECKS,
  type CheckLevel,
  type ComparingCheck,
  type ComparingLevels,
  DEFAULT_DEADLINE_SECONDS,
  DEFAULT_INTERVAL_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  type HealthCheck,
  type HealthChecks,
  type Look,
} from "./check.ts";
import { given } from "./given.ts";
import { CHECK_KINDS, readLook } from "./read-look.ts";
import { DEADLINE, INTERVAL, MAX_CHECKS, RETRIES, SETTLE, TIMEOUT } from "./shapes.ts";

/** What an older reader must not overlook raises it. */
export const HEALTH_SCHEMA = 1;

/** Of a file with health checks. */
export const MAX_HEALTH_BYTES: number = 128 * 1024;

const readCheck = (reader: ObjectReader, problems: Problems): HealthCheck => {
  reader.only("name", "level", ...CHECK_KINDS, "timeout_seconds", "retries", "interval_seconds");
  const number = (name: string, bounds: Bounds): number | undefined =>
    reader.optional(name, () => reader.integer(name, bounds));
  return {
    name: reader.string("name", NAME),
    level: reader.optional("level", () => reader.choice("level", CHECK_LEVELS)) ?? "required",
    look: readLook(reader, problems),
    timeoutSeconds: number("timeout_seconds", TIMEOUT) ?? DEFAULT_TIMEOUT_SECONDS,
    intervalSeconds: number("interval_seconds", INTERVAL) ?? DEFAULT_INTERVAL_SECONDS,
    ...given({ retries: number("retries", RETRIES) }),
  };
};

const readBuiltIn = (reader: ObjectReader): ComparingLevels => {
  reader.only(...COMPARING_CHECKS);
  const level = (name: ComparingCheck): CheckLevel | undefined =>
    reader.optional(name, () => reader.choice(name, CHECK_LEVELS));
  return given({ network: level("network"), new_failures: level("new_failures") });
};

const refuseTwins = (checks: readonly HealthCheck[], problems: Problems): void => {
  const seen = new Set<string>();
  for (const [index, { name }] of checks.entries()) {
    if (seen.has(name))
      problems.error(
        "contradiction",
        ["checks", index, "name"],
        `there are two checks with the name ${JSON.stringify(name)}`,
        "give each a name of its own",
      );
    seen.add(name);
  }
};

/** Everything has to pass once, and once more when it has settled. */
const refuseHastyDeadline = (health: HealthChecks, problems: Problems): void => {
  const { deadlineSeconds = DEFAULT_DEADLINE_SECONDS, settleSeconds = 0 } = health;
  if (settleSeconds > deadlineSeconds / 2)
    problems.error(
      "contradiction",
      ["settle_seconds"],
      `settle_seconds is ${settleSeconds}, more than half of the deadline of ${deadlineSeconds} seconds`,
      "give a later deadline or a shorter time to settle",
    );
};

/** The checks that a value says, or everything that is wrong with it. */
export const decodeHealthChecks = (value: unknown): Decoded<HealthChecks> => {
  const problems = readSchema(value, HEALTH_SCHEMA, "the file of health checks");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const reader = readObject(value, [], problems);
  reader.only("schema", "deadline_seconds", "settle_seconds", "built_in", "checks");
  const number = (name: string, bounds: Bounds): number | undefined =>
    reader.optional(name, () => reader.integer(name, bounds));
  const readChecks = (): readonly HealthCheck[] =>
    reader.list("checks", MAX_CHECKS, (item) => readCheck(item, problems));
  const health: HealthChecks = {
    ...given({
      deadlineSeconds: number("deadline_seconds", DEADLINE),
      settleSeconds: number("settle_seconds", SETTLE),
      builtIn: reader.optional("built_in", () => readBuiltIn(reader.object("built_in"))),
    }),
    checks: reader.optional("checks", readChecks) ?? [],
  };
  refuseTwins(health.checks, problems);
  refuseHastyDeadline(health, problems);
  return finish(health, problems);
};

/** An empty list of units would be refused as one that asks for nothing. */
const writtenLook = ({ kind, what }: Look): object =>
  kind === "units" && what.active.length === 0 ? { none_failed: what.none_failed } : what;

const writtenCheck = (check: HealthCheck): object => ({
  name: check.name,
  level: check.level,
  [check.look.kind]: writtenLook(check.look),
  timeout_seconds: check.timeoutSeconds,
  interval_seconds: check.intervalSeconds,
  ...given({ retries: check.retries }),
});

/** The one text of a file of health checks. */
export const encodeHealthChecks = (health: HealthChecks): string =>
  encodeCanonical({
    schema: HEALTH_SCHEMA,
    ...given({
      deadline_seconds: health.deadlineSeconds,
      settle_seconds: health.settleSeconds,
      built_in: health.builtIn,
    }),
    checks: health.checks.map(writtenCheck),
  });
