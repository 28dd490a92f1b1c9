import { patternRule } from "../../names/pattern-rule.ts";
import type { Violation } from "../../report/violation.ts";
import { choiceOf, int, object, oneOf, text } from "../../schema/combinators.ts";
import type { Schema, TextRule } from "../../schema/shape.ts";
import { localFile } from "./local-file.ts";

/** When a staged release may be booted into. */
export const STRATEGIES = ["immediate", "manual"] as const;
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
}

const MOST_ADDRESSES = 8;
const MAX_ADDRESS = 2048;
const WEEK_SECONDS = 604_800;

const addressProblem = (message: string): Violation => ({
  rule: "source-url",
  message,
  hint: "write one such as `https://updates.example.org/`, without user name, `?` and `#`",
});

/** A copy of the repository. An address is in the image for everybody to read, so no password is in it. */
const address: TextRule = {
  pattern: "^(?:https?|file)://[^?#\\s]+$",
  check: (url) => {
    const isUrl = /^(?:https?|file):\/\/[^?#\s]+$/.test(url) && URL.canParse(url);
    if (!isUrl || url.length > MAX_ADDRESS)
      return addressProblem("this is no address of a repository");
    const { username, password } = new URL(url);
    return username === "" && password === ""
      ? undefined
      : addressProblem("the address holds a user name or password, which everybody can read");
  },
};

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
      "Whether a staged release is booted into as soon as it may be, or when somebody says so. Default: immediate.",
      STRATEGIES,
    ),
    stage: oneOf(
      "Whether a release is written into the inactive slot as soon as it is offered, or only when the node may reboot. Default: early.",
      STAGE_TIMES,
    ),
  },
  {
    check: (value, say) => {
      const { repository = [], root } = value;
      if (repository.length > MOST_ADDRESSES) {
        say(value, ["repository"], {
          rule: "too-large",
          message: `there are ${repository.length} addresses`,
          hint: `keep the nearest ${MOST_ADDRESSES}`,
        });
      }
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
