import { extension } from "../go/path.ts";
import { goQuote } from "../go/quote.ts";
import { readUnitFile, type UnitFile } from "../go/unit-file.ts";
import { MESSAGES } from "./messages.ts";
import { isFilled, type Rules } from "./rule.ts";

const EXTENSIONS: ReadonlySet<string> = new Set(
  "service socket device mount automount swap target path timer snapshot slice scope"
    .split(" ")
    .map((name) => `.${name}`),
);

const contentsProblem = (read: UnitFile): string | undefined =>
  "problem" in read ? `invalid unit content: ${read.problem}` : undefined;

/** Whether a readable unit lacks what enabling it would act upon. An empty section does not count. */
const lacksInstall = (read: UnitFile): boolean => "filled" in read && !read.filled.has("Install");

const SERVICE = ".service";

/** `foo@.service` for the instance `foo@bar.service`. A pattern would take quadratic time on a name of many `@`. */
const templateOf = (name: string): string | undefined => {
  const at = name.indexOf("@", 1);
  const hasInstance = at > 0 && name.length - SERVICE.length > at + 1;
  if (!hasInstance || !name.endsWith(SERVICE) || name.includes("\n")) return undefined;
  return name.slice(0, at + 1) + SERVICE;
};

/** Rules for units. */
export const UNIT_RULES: Rules = {
  Systemd: ({ units = [] }, say) => {
    const contentsOf = new Map(units.map(({ name, contents }) => [name, contents]));
    const lacking = new Map<string, boolean>();
    for (const [index, { name, enabled }] of units.entries()) {
      const template = enabled === true ? templateOf(name) : undefined;
      if (template === undefined) continue;
      const contents = contentsOf.get(template);
      if (!isFilled(contents)) continue;
      const lacks = lacking.get(template) ?? lacksInstall(readUnitFile(contents));
      lacking.set(template, lacks);
      if (!lacks) continue;
      const message = `template unit ${goQuote(template)} for ${goQuote(name)} doesn't have Install section`;
      say.warning(["units", index, "contents"], message);
    }
  },
  Unit: ({ name, contents, enabled }, say) => {
    say.error(["name"], EXTENSIONS.has(extension(name)) ? undefined : MESSAGES.unitExtension);
    if (!isFilled(contents)) return;
    const read = readUnitFile(contents);
    say.error(["contents"], contentsProblem(read));
    if (enabled === true && lacksInstall(read)) {
      const message = `unit ${goQuote(name)} is enabled, but has no install section so enable does nothing`;
      say.warning(["contents"], message);
    }
  },
  Dropin: ({ name, contents }, say) => {
    if (isFilled(contents)) say.error(["contents"], contentsProblem(readUnitFile(contents)));
    say.error(["name"], extension(name) === ".conf" ? undefined : MESSAGES.dropinExtension);
  },
};
