import { patternRule } from "../../names/pattern-rule.ts";
import type { Violation } from "../../report/violation.ts";
import { choiceOf, int, object, oneOf, text } from "../../schema/combinators.ts";
import type { Schema, TextRule } from "../../schema/shape.ts";
import { blackoutText, timeZoneName, windowText } from "./update-gate.ts";
import { localFile } from "./local-file.ts";

/** When a staged release may be booted into. */
export const STRATEGIES = ["immediate", "window", "lock", "manual"] as const;
/** When a release is written into the inactive slot. */
export const STAGE_TIMES = ["early", "at-window"] as const;

/** `image.update`: the settings that the image has for the agent; files on the node may say otherwise. */
export interface UpdateFragment {
  readonly repository?: readonly string[];
  readonly channel?: string;
  readonly root?: string;
  readonly poll_seconds?: number;
  readonly strategy?: (typeof STRATEGIES)[number];
  readonly stage?: (typeof STAGE_TIMES)[number];
  readonly windows?: readonly string[];
  readonly time_zone?: string;
  readonly blackouts?: readonly string[];
  readonly lock_server?: string;
  readonly lock_group?: string;
}

const MOST_ADDRESSES = 8;
const MOST_WINDOWS = 32;
const MOST_BLACKOUTS = 64;
const MAX_ADDRESS = 2048;
const WEEK_SECONDS = 604_800;

/** An address is in the image for everybody to read, so no password is in it. */
const addressOf = (
  what: string,
  { schemes, example }: { readonly schemes: string; readonly example: string },
): TextRule => {
  const pattern = `^(?:${schemes})://[^?#\\s]+$`;
  const expression = new RegExp(pattern, "u");
  const problem = (message: string): Violation => ({
    rule: "source-url",
    message,
    hint: `write one such as \`${example}\`, without user name, \`?\` and \`#\``,
  });
  return {
    pattern,
    check: (url) => {
      const isUrl = expression.test(url) && URL.canParse(url);
      if (!isUrl || url.length > MAX_ADDRESS) return problem(`this is no address of ${what}`);
      const { username, password } = new URL(url);
      return username === "" && password === ""
        ? undefined
        : problem("the address holds a user name or password, which everybody can read");
    },
  };
};

const address = addressOf("a repository", {
  schemes: "https?|file",
  example: "https://updates.example.org/",
});

const lockServer = addressOf("a lock server", {
  schemes: "https?",
  example: "https://locks.example.org/",
});

const lockGroup = patternRule("update-gate", "^[A-Za-z0-9.-]{1,64}$", {
  what: "group of a lock server",
  hint: "use at most 64 letters, digits, `.` and `-`",
  correct: (name) => name.replaceAll("_", "-"),
});

const channelName = patternRule("channel-name", "^[a-z0-9][a-z0-9._-]{0,62}$", {
  what: "channel name",
  hint: "use at most 63 of a-z, 0-9, `.`, `_` and `-`, the first a letter or digit",
  correct: (name) => name.toLowerCase(),
});

export const update: Schema<UpdateFragment> = object<UpdateFragment>(
  "Where the image's nodes look for releases, and when they take them. Files in /etc/slipway/agent.d say otherwise on a node.",
  {
    repository: choiceOf(
      "Addresses of the repository's copies, the preferred one first, at most 8; an including document's list replaces this one.",
      text("An `https:`, `http:` or `file:` URL.", { rule: address }),
      { minItems: 1 },
    ),
    channel: text("The channel that the nodes follow. Default: stable.", { rule: channelName }),
    root: text(
      "The repository's root metadata, whose keys the nodes trust: a file such as `REPO/metadata/1.root.json`, its path relative to the directory of this document.",
      { local: true, rule: localFile },
    ),
    poll_seconds: int("Seconds from one look at the repository to the next. Default: 1800.", {
      min: 1,
      max: WEEK_SECONDS,
    }),
    strategy: oneOf(
      "When a staged release is booted into: as soon as it may be, in one of the windows, with a lease of the lock server, or when somebody says so. Default: immediate.",
      STRATEGIES,
    ),
    stage: oneOf(
      "Whether a release is written into the inactive slot as soon as it is offered, or only when the node may reboot. Default: early.",
      STAGE_TIMES,
    ),
    windows: choiceOf(
      "For the strategy window: when a node may restart, at most 32; an including document's list replaces this one.",
      text(
        "Days and a time of them, or `cron` and an expression of five fields, then `for` and a number of m, h or d, such as `Sat,Sun 02:00 for 4h`.",
        { rule: windowText },
      ),
      { minItems: 1 },
    ),
    time_zone: text(
      "Whose clock windows and blackouts go by, such as Europe/Berlin. Default: UTC.",
      {
        rule: timeZoneName,
      },
    ),
    blackouts: choiceOf(
      "Days on which no window opens and every window closes, at most 64; an including document's list replaces this one.",
      text("A day, or two with `to` between them, such as `2026-12-18 to 2027-01-06`.", {
        rule: blackoutText,
      }),
    ),
    lock_server: text(
      "For the strategy lock: the base address of a server that speaks FleetLock, an `https:` or `http:` URL.",
      { rule: lockServer },
    ),
    lock_group: text("Among which nodes the lock server counts this one. Default: default.", {
      rule: lockGroup,
    }),
  },
  {
    check: (value, say) => {
      const { repository = [], root, windows = [], blackouts = [] } = value;
      const sayTooMany = (key: keyof UpdateFragment, count: number, most: number): void => {
        if (count <= most) return;
        say(value, [key], {
          rule: "too-large",
          message: `there are ${count} of them`,
          hint: `keep ${most}`,
        });
      };
      sayTooMany("repository", repository.length, MOST_ADDRESSES);
      sayTooMany("windows", windows.length, MOST_WINDOWS);
      sayTooMany("blackouts", blackouts.length, MOST_BLACKOUTS);
      if (value.strategy === "window" && windows.length === 0)
        say(value, ["strategy"], {
          rule: "missing-key",
          message: "the strategy is window, and there are no windows",
          hint: 'add `windows:`, such as ["Sat,Sun 02:00 for 4h"]',
        });
      if (value.strategy === "lock" && value.lock_server === undefined)
        say(value, ["strategy"], {
          rule: "missing-key",
          message: "the strategy is lock, and there is no lock server",
          hint: "add `lock_server:`, such as https://locks.example.org/",
        });
      if (repository.length > 0 && root === undefined) {
        say(value, ["repository"], {
          rule: "missing-key",
          message: "a repository is named, but not whom its nodes are to trust",
          hint: "add `root:` with the repository's `metadata/1.root.json`",
        });
      }
    },
  },
);
