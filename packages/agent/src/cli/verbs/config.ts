import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import { findingLine } from "../../config/finding.ts";
import { type Config, isUsable } from "../../config/config.ts";
import { keyOf, type Settings, SETTING_RULES } from "../../config/settings.ts";
import { withoutPassword } from "../../support/redact.ts";
import { EXIT } from "../exit-status.ts";
import { ANSWER_OPTIONS, COMMON_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

const OPTIONS = {
  origin: { type: "boolean", help: "Beside each value the file and line that it is from." },
  ...ANSWER_OPTIONS,
} as const satisfies OptionTable;

export type Shown = string | number | readonly string[];

/** Every setting by its key, without those that are not set; addresses without their passwords. */
const shownSettings = ({ settings }: Config): readonly (readonly [string, Shown])[] =>
  [...SETTING_RULES.values()].flatMap(({ field }): readonly (readonly [string, Shown])[] => {
    const value = shownValue(settings, field);
    return value === undefined ? [] : [[keyOf(field), value]];
  });

/** As people and programs are shown it; nothing where it is not set. */
export const shownValue = (
  settings: Config["settings"],
  field: keyof Settings,
): Shown | undefined => {
  switch (field) {
    case "repository":
      return settings.repository.map(withoutPassword);
    case "windows":
      return settings.windows.map(({ text }) => text);
    case "blackouts":
      return settings.blackouts.map(({ first, last }) => `${first} to ${last}`);
    case "channel":
    case "pollSeconds":
    case "strategy":
    case "stage":
    case "timeZone":
    case "lockServer":
    case "lockGroup":
    case "group":
    case "wariness":
    case "bytesPerSecond":
    case "factoryResetKeep":
    case "metricsListen":
    case "hookTimeoutSeconds":
    case "sessionPostponeMinutes":
    case "sessionPostponeTimes":
      return settings[field];
  }
};

const originOf = ({ origins }: Config, key: string): string => {
  const field = SETTING_RULES.get(key)?.field;
  const origin = field === undefined ? undefined : origins.get(field);
  return origin === undefined ? "default" : `${origin.file}:${origin.line}`;
};

const valueText = (value: Shown): string =>
  typeof value === "object"
    ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]`
    : String(value);

const configText = (config: Config, origin: boolean): string => {
  const lines = shownSettings(config).map(
    ([key, value]) =>
      `${key}: ${printableLine(valueText(value))}${origin ? `  # ${originOf(config, key)}` : ""}\n`,
  );
  const findings = config.findings.map(
    (finding) => `# ${finding.severity}: ${printableLine(findingLine(finding))}\n`,
  );
  return [...lines, ...findings].join("");
};

/** As `config show --json` prints it; `origin`: with the file and line of each. */
export const configDocument = (config: Config, origin: boolean): object => {
  const settings = shownSettings(config);
  return {
    schema: 1,
    settings: Object.fromEntries(settings),
    ...(origin
      ? { origins: Object.fromEntries(settings.map(([key]) => [key, originOf(config, key)])) }
      : {}),
    files: config.files,
    findings: config.findings,
  };
};

const show: Verb = {
  help: {
    summary: "Show the settings that count, of all files together",
    usage: ["config show [--origin] [--json]"],
    about: [
      "Settings are read from the files *.yaml of /usr/lib/slipway/agent.d (the image's), /etc/slipway/agent.d (the operator's) and /run/slipway/agent.d (until the next boot), in the order of their names. A key in a later file wins; a file of the same name in a later directory stands for the earlier one, and a link to /dev/null for none.",
      `There are ${[...SETTING_RULES.keys()].join(", ")}. While a file has an error, the agent takes nothing by itself. Passwords in addresses are not shown.`,
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway-agent config show", does: "See what the agent goes by." },
      { line: "slipway-agent config show --origin", does: "Learn which file set what." },
    ],
    exits: [["1", "a file has an error; what is right in them is shown all the same"]],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, NO_OPERANDS);
    const config = await (await world.agent()).config();
    const status = isUsable(config) ? EXIT.done : EXIT.failed;
    if (values.json !== true) return { data: configText(config, values.origin === true), status };
    return { data: jsonDocument(configDocument(config, values.origin === true)), status };
  },
};

export const config: Verb = {
  help: {
    summary: "Show the agent's settings, and where each is from",
    usage: ["config show …"],
    about: ["`slipway-agent config show --help` says more."],
    options: COMMON_OPTIONS,
    examples: [
      { line: "slipway-agent config show", does: "See what the agent goes by." },
      { line: "slipway-agent config show --origin", does: "Learn which file set what." },
    ],
  },
  verbs: [
    {
      name: "show",
      summary: "Show the settings that count, of all files together",
      audience: "operator",
      load: async () => show,
    },
  ],
  run: async (args) => {
    parseArguments(args, COMMON_OPTIONS, { name: "VERB", least: 1, most: 1 });
    throw usageError("config needs a verb first", "write slipway-agent config show");
  },
};
