/** From the files of settings to what counts. Pure. */
import { nearest } from "@slipway/host/command-line";
import type { Config, Origin } from "./config.ts";
import type { DropIn } from "./drop-ins.ts";
import { type Finding, findingAt } from "./finding.ts";
import { DEFAULTS, type Settings, SETTING_RULES } from "./settings.ts";
import { parseDocument, type ScalarNode, type SettingNode } from "./yaml-document.ts";

/** More than these would be repeated mistakes. */
const MAX_FINDINGS = 100;

/**
 * The files' settings, a later file's key over an earlier one's.
 *
 * A key that nobody knows is left alone with a warning: a file in /etc was perhaps written for a newer release, and the one that
 * the node rolled back to must go on. One that is nearly a key of ours is a mistake.
 */
export const mergeSettings = (dropIns: readonly DropIn[]): Config => {
  let settings = DEFAULTS;
  const origins = new Map<keyof Settings, Origin>();
  const findings: Finding[] = [];
  for (const dropIn of dropIns) {
    const found = readDropIn(dropIn);
    findings.push(...found.findings);
    settings = { ...settings, ...found.values };
    for (const [field, origin] of found.origins) origins.set(field, origin);
  }
  findings.push(...gateWithoutKey(settings, origins.get("strategy")));
  return {
    settings,
    origins,
    findings: findings.slice(0, MAX_FINDINGS),
    files: dropIns.map(({ file }) => file),
  };
};

/** A gate that never opens is a mistake, and nobody would notice that nothing comes any more. */
const gateWithoutKey = (
  { strategy, windows, lockServer }: Settings,
  origin: Origin | undefined,
): readonly Finding[] => {
  if (origin === undefined) return [];
  const say = (message: string, hint: string): readonly Finding[] => [
    findingAt(origin.file, { line: origin.line, column: 1 }, { severity: "error", message, hint }),
  ];
  if (strategy === "window" && windows.length === 0)
    return say(
      "the strategy is window, and there are no windows",
      'set `windows`, such as ["Sat,Sun 02:00 for 4h"]',
    );
  return strategy === "lock" && lockServer === undefined
    ? say(
        "the strategy is lock, and there is no lock server",
        "set `lock_server`, such as https://locks.example.org/",
      )
    : [];
};

interface FromOneFile {
  readonly values: Partial<Settings>;
  readonly origins: ReadonlyMap<keyof Settings, Origin>;
  readonly findings: readonly Finding[];
}

const nothingBut = (finding: Finding): FromOneFile => ({
  values: {},
  origins: new Map(),
  findings: [finding],
});

const readDropIn = ({ file, text, problem }: DropIn): FromOneFile => {
  const whole = (message: string, hint?: string): FromOneFile =>
    nothingBut(findingAt(file, undefined, { severity: "error", message, hint }));
  if (text === undefined) return whole(problem ?? "it cannot be read");
  const parsed = parseDocument(file, text);
  if (!parsed.ok) return nothingBut(parsed.finding);
  const { root } = parsed;
  if (root.kind !== "map")
    return nothingBut(
      findingAt(file, root, {
        severity: "error",
        message: "the file is no list of settings",
        hint: "write a `NAME: VALUE` a line",
      }),
    );
  return readEntries(file, root.entries);
};

const readEntries = (
  file: string,
  entries: readonly { readonly key: ScalarNode; readonly value: SettingNode }[],
): FromOneFile => {
  const findings: Finding[] = [];
  const origins = new Map<keyof Settings, Origin>();
  const seen = new Set<string>();
  let values: Partial<Settings> = {};
  for (const { key, value } of entries) {
    const say = (
      at: SettingNode,
      said: Omit<Parameters<typeof findingAt>[2], "severity">,
    ): void => {
      findings.push(findingAt(file, at, { severity: "error", ...said }));
    };
    const rule = SETTING_RULES.get(key.text);
    if (seen.has(key.text)) {
      say(key, { message: `${key.text} stands here a second time`, hint: "keep one of them" });
    } else if (rule === undefined) {
      findings.push(unknownKey(file, key));
    } else {
      const reading = rule.read(value);
      if (reading.ok) {
        values = { ...values, [rule.field]: reading.value };
        origins.set(rule.field, { file, line: key.line });
      } else say(reading.at, { message: `${key.text}: ${reading.message}`, hint: reading.hint });
    }
    seen.add(key.text);
  }
  return { values, origins, findings };
};

const MAX_KEY = 60;

/** A word that two keys have in common makes neither a slip of the other: `fleet_server` is no `lock_server`. */
const isSlipOf = (name: string, key: string): boolean => {
  const [parts, meant] = [name.split("_"), key.split("_")];
  return (
    parts.length !== meant.length ||
    parts.every((part, index) => nearest(part, [meant[index] ?? ""]) !== undefined)
  );
};

const unknownKey = (file: string, key: ScalarNode): Finding => {
  const name = key.text.slice(0, MAX_KEY);
  const near = nearest(
    name,
    [...SETTING_RULES.keys()].filter((one) => isSlipOf(name, one)),
  );
  return findingAt(file, key, {
    severity: near === undefined ? "warning" : "error",
    message: `there is no setting '${name}'`,
    hint: near === undefined ? "it is left alone" : `did you mean ${near}?`,
  });
};
