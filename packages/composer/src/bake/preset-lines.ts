/** The lines of Ignition's preset file. Pure. */
import type { Unit } from "@slipway/ignition-config";

export interface PresetLine {
  readonly verb: "enable" | "disable";
  /** A unit, or the template that `instances` belong to. */
  readonly unit: string;
  /** Undefined for a unit that is no template's. The template itself is the instance without a name. */
  readonly instances: readonly string[] | undefined;
}

/** One line a unit whose state is given, instances gathered at their template, in Ignition's order. */
export const presetLines = (units: readonly Unit[]): readonly PresetLine[] => {
  const lines = new Map<string, PresetLine>();
  for (const { name, enabled } of units) {
    if (enabled === undefined) continue;
    const verb = enabled ? "enable" : "disable";
    const split = splitInstance(name);
    const unit = split?.template ?? name;
    const key = `${unit}-${verb}d`;
    const instances = split && [...(lines.get(key)?.instances ?? []), split.instance];
    lines.set(key, { verb, unit, instances });
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, line]) => line);
};

/** As Ignition writes it, a blank after a template's name included. */
export const formatPresetLine = ({ verb, unit, instances }: PresetLine): string =>
  instances === undefined ? `${verb} ${unit}\n` : `${verb} ${unit} ${instances.join(" ")}\n`;

/** The units that a line is about. */
export const unitsOf = ({ unit, instances }: PresetLine): readonly string[] =>
  instances === undefined ? [unit] : instances.map((instance) => unit.replace("@", `@${instance}`));

/** `echo@bar.service` is the instance `bar` of `echo@.service`. */
export const splitInstance = (
  name: string,
): { readonly template: string; readonly instance: string } | undefined => {
  const at = name.indexOf("@");
  const dot = name.lastIndexOf(".");
  return at === -1 || dot < at
    ? undefined
    : { template: `${name.slice(0, at + 1)}${name.slice(dot)}`, instance: name.slice(at + 1, dot) };
};
