/** The kinds of health checks. An including document's look at something takes the place of the included one's as a whole. */
import { absolutePath } from "../../names/absolute-path.ts";
import { patternRule } from "../../names/pattern-rule.ts";
import { unitName } from "../../names/unit.ts";
import { quote, type Violation } from "../../report/violation.ts";
import { bool, int, object, oneOf, sequenceOf, setOf, text } from "../../schema/combinators.ts";
import type { Fields, Say, Schema, TextRule } from "../../schema/shape.ts";

export interface UnitsLook {
  readonly active?: readonly string[];
  readonly none_failed?: boolean;
}

export interface CommandLook {
  readonly argv?: readonly string[];
  readonly status?: number;
}

export interface HttpLook {
  readonly url?: string;
  readonly status?: number;
  readonly contains?: string;
}

export interface TcpLook {
  readonly host?: string;
  readonly port?: number;
}

export interface FileLook {
  readonly path?: string;
  readonly contains?: string;
  readonly fresh_seconds?: number;
}

export interface SpaceLook {
  readonly path?: string;
  readonly free_mib?: number;
  readonly free_percent?: number;
}

export interface ClockLook {
  readonly state?: "plausible" | "synchronised";
}

export interface NetworkLook {
  readonly state?: "routable" | "online";
}

/** What a check can look at; each has one of these. */
export interface HealthLooks {
  readonly units?: UnitsLook;
  readonly command?: CommandLook;
  readonly http?: HttpLook;
  readonly tcp?: TcpLook;
  readonly file?: FileLook;
  readonly space?: SpaceLook;
  readonly clock?: ClockLook;
  readonly network?: NetworkLook;
}

export const LOOK_NAMES: readonly (keyof HealthLooks)[] = [
  "units",
  "command",
  "http",
  "tcp",
  "file",
  "space",
  "clock",
  "network",
];

const MOST_ITEMS = 64;

const healthProblem = (message: string, hint: string): Violation => ({
  rule: "health-check",
  message,
  hint,
});

/** Who needs a shell says so. */
const checkArgv = (command: CommandLook, say: Say): void => {
  const { argv } = command;
  if (argv === undefined) return;
  const [program] = argv;
  if (program === undefined || !program.startsWith("/")) {
    const message =
      program === undefined
        ? "a command without a program"
        : `${quote(program)} is no absolute path`;
    const hint = "write the program's whole path; for a line of shell write `[/bin/sh, -c, LINE]`";
    say(command, ["argv", ...(program === undefined ? [] : [0])], healthProblem(message, hint));
  }
  if (argv.length > MOST_ITEMS) {
    const hint = "put them into a script of the image";
    say(command, ["argv"], healthProblem(`a command of ${argv.length} words`, hint));
  }
};

const askForOneOf =
  <T extends object>(names: readonly (keyof T & string)[]) =>
  (value: T, say: Say): void => {
    if (names.some((name) => value[name] !== undefined && value[name] !== false)) return;
    const words = names.map((name) => `\`${name}\``).join(" or ");
    say(value, [], healthProblem("a look that asks for nothing passes for ever", `give ${words}`));
  };

const URL_HINT = "write one such as `http://127.0.0.1:8080/healthz`";

/** The text is in the image for everybody to read, so no password is in it. */
const url: TextRule = {
  pattern: "^[Hh][Tt][Tt][Pp][Ss]?://",
  check: (address) => {
    const isUrl = /^https?:\/\/[^/?#]/i.test(address) && URL.canParse(address);
    if (!isUrl || /[\s\\]/.test(address) || address.length > 2048)
      return healthProblem(`${quote(address)} is no \`http:\` or \`https:\` URL`, URL_HINT);
    const { username, password } = new URL(address);
    return username === "" && password === ""
      ? undefined
      : {
          rule: "url-secret",
          message: "the URL holds a user name or password, which everybody can read",
          hint: "have the service answer health checks of its own node without one",
        };
  },
};

const host = patternRule("health-check", "^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,252}$", {
  what: "host",
  hint: "write a name or an address, IPv6 without brackets",
  correct: (name) => name.replace(/^\[(.*)\]$/, "$1"),
});

const sought: TextRule = {
  pattern: "^.{1,1000}$",
  check: (words) =>
    words.length > 0 && words.length <= 1000
      ? undefined
      : healthProblem("a text of this length is not looked for", "give 1 to 1000 characters"),
};

/**
 * Said here rather than by the schema's `required`: a look that lacks something is still one, so that nobody is told that the check looks at nothing.
 */
const need =
  <T extends object>(...names: readonly (keyof T & string)[]) =>
  (value: T, say: Say): void => {
    for (const name of names) {
      if (value[name] !== undefined) continue;
      say(value, [name], {
        rule: "missing-key",
        message: `${quote(name)} is required here`,
        hint: `add \`${name}:\``,
      });
    }
  };

/** Of one spelling a document, so that no part of another one's is left in it. */
const whole = { whole: true } as const;

const units: Schema<UnitsLook> = object<UnitsLook>(
  "Units of systemd.",
  {
    active: setOf(
      "Units that are active.",
      text("A unit's name with its suffix.", { rule: unitName }),
      { minItems: 1 },
    ),
    none_failed: bool("Whether no unit at all may have failed. Default: no."),
  },
  { ...whole, check: askForOneOf<UnitsLook>(["active", "none_failed"]) },
);

const command: Schema<CommandLook> = object<CommandLook>(
  "A program that is run as root and ends in time.",
  {
    argv: sequenceOf(
      "Its absolute path and its arguments, required; no shell reads them.",
      text("A word.", { numbers: true }),
    ),
    status: int("The exit status that it ends with. Default: 0.", { min: 0, max: 255 }),
  },
  {
    ...whole,
    check: (value, say) => {
      need<CommandLook>("argv")(value, say);
      checkArgv(value, say);
    },
  },
);

const http: Schema<HttpLook> = object<HttpLook>(
  "A GET over HTTP that is answered. Redirects are not followed.",
  {
    url: text("An `http:` or `https:` URL, required.", { rule: url }),
    status: int("The status of the answer. Default: 200 to 299, whichever.", {
      min: 100,
      max: 599,
    }),
    contains: text("A text in the first mebibyte of the body.", { rule: sought, numbers: true }),
  },
  { ...whole, check: need<HttpLook>("url") },
);

const tcp: Schema<TcpLook> = object<TcpLook>(
  "A server that takes connections.",
  {
    host: text("Its name or address, `127.0.0.1` or `::1` for the node; required.", { rule: host }),
    port: int("Its port, required.", { min: 1, max: 65_535 }),
  },
  { ...whole, check: need<TcpLook>("host", "port") },
);

const file: Schema<FileLook> = object<FileLook>(
  "Something that is there.",
  {
    path: text("Its absolute path, required.", { rule: absolutePath }),
    contains: text("A text in its first mebibyte.", { rule: sought, numbers: true }),
    fresh_seconds: int("It was written at most so many seconds ago.", {
      min: 1,
      max: 366 * 86_400,
    }),
  },
  { ...whole, check: need<FileLook>("path") },
);

const space: Schema<SpaceLook> = object<SpaceLook>(
  "Room on a file system.",
  {
    path: text("An absolute path on it, such as `/var`; required.", { rule: absolutePath }),
    free_mib: int("MiB that are free at least.", { min: 1, max: 2 ** 30 }),
    free_percent: int("Percents of it that are free at least.", { min: 1, max: 99 }),
  },
  {
    ...whole,
    check: (value, say) => {
      need<SpaceLook>("path")(value, say);
      askForOneOf<SpaceLook>(["free_mib", "free_percent"])(value, say);
    },
  },
);

const clock: Schema<ClockLook> = object<ClockLook>(
  "The node's clock.",
  {
    state: oneOf(
      "Required. Whether it is not before the release was built (plausible), or was set over the network, too (synchronised).",
      ["plausible", "synchronised"],
      { synonyms: { synchronized: "synchronised", synced: "synchronised" } },
    ),
  },
  { ...whole, check: need<ClockLook>("state") },
);

const network: Schema<NetworkLook> = object<NetworkLook>(
  "The network as systemd-networkd sees it.",
  {
    state: oneOf(
      "Required. Whether the node has an address that reaches beyond its link (routable), or every link that is required is up (online).",
      ["routable", "online"],
    ),
  },
  { ...whole, check: need<NetworkLook>("state") },
);

/** The fields of a check that say what it looks at. */
export const looks: Fields<HealthLooks> = {
  units,
  command,
  http,
  tcp,
  file,
  space,
  clock,
  network,
};
