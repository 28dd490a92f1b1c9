/** systemd.preset(5): what the presets of a tree say about a unit. Pure. */

export interface PresetRule {
  readonly verb: "enable" | "disable";
  readonly pattern: string;
  /** Instances that an `enable` of a template is limited to; none: the unit itself. */
  readonly instances: readonly string[];
}

/** The rules of a preset file; lines that systemd would ignore are ignored. */
export const parsePresets = (text: string): readonly PresetRule[] =>
  text.split("\n").flatMap((line) => {
    const [verb, pattern, ...instances] = line.trim().split(/\s+/);
    return (verb === "enable" || verb === "disable") && pattern !== undefined
      ? [{ verb, pattern, instances }]
      : [];
  });

/** The first rule that speaks about the unit. */
export const presetRuleFor = (rules: readonly PresetRule[], unit: string): PresetRule | undefined =>
  rules.find(({ pattern, instances }) =>
    instances.length === 0
      ? matches(pattern, unit)
      : instances.some((instance) => pattern.replace("@", `@${instance}`) === unit),
  );

/** fnmatch(3) without flags, as far as unit names go. Linear: a star is tried again only from its last place. */
const matches = (pattern: string, name: string): boolean => {
  let [p, n, star, resume] = [0, 0, -1, 0];
  while (n < name.length) {
    const wanted = pattern[p];
    if (wanted === "*") {
      [star, resume] = [p, n];
      p += 1;
    } else if (wanted === "?" || (wanted !== undefined && wanted === name[n])) {
      p += 1;
      n += 1;
    } else if (star !== -1) {
      resume += 1;
      [p, n] = [star + 1, resume];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(p));
};
