/** docs/reference/agent-settings.md, out of the table of settings. Pure. */
import { blocks, table } from "@slipway/host/command-line";
import { SETTINGS_DIRECTORIES } from "../../config/load-config.ts";
import { DEFAULTS, type SettingRule, SETTING_RULES } from "../../config/settings.ts";
import { SETTING_TEXTS } from "../../config/setting-texts.ts";
import { shownValue } from "../verbs/config.ts";

/** What the reader of the setting says to a value that can be none: so the page has the agent's own words. */
const formOf = (rule: SettingRule): string => {
  const reading = rule.read({ kind: "map", entries: [], line: 1, column: 1 });
  if (reading.ok) throw new Error(`${rule.field} takes a mapping`);
  return reading.hint;
};

const code = (text: string): string => `\`${text}\``;

const defaultOf = ({ field }: SettingRule): string => {
  const { otherwise } = SETTING_TEXTS[field];
  if (otherwise !== undefined) return otherwise;
  const value = shownValue(DEFAULTS, field);
  return code(typeof value === "object" ? `[${value.join(", ")}]` : String(value));
};

/** A backquote would end the cell's code. */
const withoutQuotes = (text: string): string => text.replaceAll("`", "");

const sectionOf = ([key, rule]: readonly [string, SettingRule]): string => {
  const { about, examples } = SETTING_TEXTS[rule.field];
  return blocks(
    [`## ${key}`],
    [about],
    table(
      ["by itself", "form"],
      [[defaultOf(rule), withoutQuotes(formOf(rule).replace(/^write /, ""))]],
    ),
    ["```yaml", ...examples.map((example) => `${key}: ${example}`), "```"],
  );
};

export const settingsDocument = (): string => {
  const [image, operator, untilBoot] = SETTINGS_DIRECTORIES.map(code);
  return [
    blocks(
      ["# The agent's settings"],
      [
        `Files \`*.yaml\`, a \`NAME: VALUE\` a line, in ${image ?? ""} (the image's), ${operator ?? ""} (the operator's) and ${untilBoot ?? ""} (until the next boot), read in the order of their names whichever directory they are in. A key in a later file wins; a file of the same name in a later directory stands for the earlier one, and a link to \`/dev/null\` for none.`,
      ],
      [
        "`slipway-agent config show --origin` says what counts and which file set it, `systemctl reload slipway-agent` has the daemon look at once. While a file has an error, the agent takes nothing by itself, and `slipway-agent why` says `SETTINGS_WRONG` and where. A key that nobody knows is left alone with a warning.",
      ],
      [
        "An image sets its own under `image.update` of its definition: [language.md](../language.md#updates). Each line of an example is one that may stand in a file. Made from `packages/agent/src/config`.",
      ],
    ),
    ...[...SETTING_RULES].map(sectionOf),
  ].join("\n");
};
