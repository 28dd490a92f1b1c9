/** `image.health`: what must work on a node before a release of this image is blessed there. */
import { patternRule } from "../../names/pattern-rule.ts";
import { quote } from "../../report/violation.ts";
import { int, listBy, object, oneOf, required, text } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { type HealthLooks, LOOK_NAMES, looks } from "./health-looks.ts";

type Level = "required" | "wanted";

/** One of `image.health.checks`, merged by `name`. */
export interface HealthCheckFragment extends HealthLooks {
  readonly name: string;
  readonly level?: Level;
  readonly timeout_seconds?: number;
  readonly retries?: number;
  readonly interval_seconds?: number;
}

/** What the built-in checks decide that compare with the release before. */
export interface BuiltInFragment {
  readonly network?: Level;
  readonly new_failures?: Level;
}

export interface HealthFragment {
  readonly deadline_seconds?: number;
  readonly settle_seconds?: number;
  readonly built_in?: BuiltInFragment;
  readonly checks?: readonly HealthCheckFragment[];
}

const DEFAULT_DEADLINE_SECONDS = 600;
const MOST_CHECKS = 64;

const checkName = patternRule("health-check", "^[a-z0-9][a-z0-9._-]{0,62}$", {
  what: "name of a health check",
  hint: "use at most 63 of a-z, 0-9, `.`, `_` and `-`, the first a letter or digit",
  correct: (name) => name.toLowerCase().replaceAll(/[^a-z0-9._-]/g, "-"),
});

const level = (description: string): Schema<Level> =>
  oneOf(description, ["required", "wanted"], {
    synonyms: { optional: "wanted", mandatory: "required", off: "wanted" },
  });

const builtIn: Schema<BuiltInFragment> = object<BuiltInFragment>(
  "What the built-in checks decide that compare a new release with the one before it.",
  {
    network: level(
      "Whether a release is bad on a node that has no default route, or no address, where it had one. Default: required.",
    ),
    new_failures: level(
      "Whether a release is bad on a node where units fail that had not failed before. Default: required.",
    ),
  },
);

const check: Schema<HealthCheckFragment> = object<HealthCheckFragment>(
  "Something to look at on the node, of exactly one kind.",
  {
    name: required(text("Its name, for reports.", { rule: checkName, numbers: true })),
    level: level(
      "Whether a release is bad where this fails (required), or that is only told (wanted). Default: required.",
    ),
    ...looks,
    timeout_seconds: int("Seconds that one try may take. Default: 10.", { min: 1, max: 300 }),
    retries: int("Tries after the first failed one. Default: as many as the deadline allows.", {
      min: 0,
      max: 1000,
    }),
    interval_seconds: int("Seconds from a failed try to the next. Default: 5.", {
      min: 1,
      max: 300,
    }),
  },
  {
    check: (value, say) => {
      const kinds = LOOK_NAMES.filter((kind) => value[kind] !== undefined);
      if (kinds.length === 1) return;
      const what =
        kinds.length === 0 ? "nothing" : kinds.map((kind) => `\`${kind}\``).join(" and ");
      say(value, kinds.length === 0 ? ["name"] : [kinds[1] ?? "name"], {
        rule: "health-check",
        message: `health check ${quote(value.name)} looks at ${what}`,
        hint:
          kinds.length === 0
            ? `give one of ${LOOK_NAMES.join(", ")}`
            : "make two checks of it, each with a name of its own",
      });
    },
  },
);

const checkWhole = (value: HealthFragment, say: Say): void => {
  const { deadline_seconds = DEFAULT_DEADLINE_SECONDS, settle_seconds = 0, checks = [] } = value;
  if (settle_seconds > deadline_seconds / 2) {
    say(value, ["settle_seconds"], {
      rule: "health-check",
      message: `${settle_seconds} seconds to settle are more than half of the deadline of ${deadline_seconds}`,
      hint: "everything has to pass before and after: give a later `deadline_seconds`, or less",
    });
  }
  if (checks.length > MOST_CHECKS) {
    say(value, ["checks"], {
      rule: "too-large",
      message: `there are ${checks.length} health checks`,
      hint: `keep the ${MOST_CHECKS} that say most, or have one command look at several things`,
    });
  }
};

export const health: Schema<HealthFragment> = object<HealthFragment>(
  "What must work on a node before a new release is kept there; a node where it does not goes back to the release before. Files in /etc/slipway/health.d add to it on a node.",
  {
    deadline_seconds: int(
      "Seconds from the start of the kernel by which all that is required has passed. Default: 600.",
      { min: 60, max: 3600, defaultValue: DEFAULT_DEADLINE_SECONDS },
    ),
    settle_seconds: int(
      "After all that is required has passed, it must pass once more so many seconds later. Default: 0, only once.",
      { min: 0, max: 900, defaultValue: 0 },
    ),
    built_in: builtIn,
    checks: listBy("What to look at, merged by `name`.", "name", check),
  },
  { check: checkWhole },
);
