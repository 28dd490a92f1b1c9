/** A config in an older spec, or the fields that keep it from being one. */
import type { Path } from "../report/finding.ts";
import { checkIgnition } from "./check.ts";
import type { Entry } from "./entry.ts";
import { property } from "./schema/item-key.ts";
import type { Minor } from "./schema/table.ts";
import { ignitionShapes, type Shape } from "./schema/tables.ts";
import type { ConfigAt } from "./schema/types.ts";
import { versionOf } from "./schema/versions.ts";
import { translateIgnition } from "./translate.ts";

/** A config, or what the spec cannot say, each with the path of its field. */
export type FittedConfig = { readonly config: object } | { readonly problems: readonly Entry[] };

const NEWEST: Minor = 7;
/** Older specs read the special bits of a mode and do nothing with them. */
const FIRST_WITH_SPECIAL_BITS: Minor = 6;
const PERMISSION_BITS = 0o777;

const shapeOf = ignitionShapes(NEWEST);

const problem = (path: Path, message: string): Entry => ({ kind: "error", path, message });

const modeProblem = (path: Path, name: string, value: unknown, to: Minor): Entry | undefined =>
  name === "mode" &&
  typeof value === "number" &&
  value > PERMISSION_BITS &&
  to < FIRST_WITH_SPECIAL_BITS
    ? problem(path, `\`mode\` with special bits needs spec ${versionOf(FIRST_WITH_SPECIAL_BITS)}`)
    : undefined;

/** Fields that came with later specs, in the order of the tables. */
const laterFields = (value: object, shape: Shape, to: Minor, path: Path): readonly Entry[] =>
  [...shape.fields].flatMap(([name, { table, isObject, type }]): readonly Entry[] => {
    const child: unknown = property(value, name);
    if (child === undefined) return [];
    const at = [...path, name];
    const { since = 0 } = table;
    if (since > to) return [problem(at, `\`${name}\` needs spec ${versionOf(since)}`)];
    const mode = modeProblem(at, name, child, to);
    if (mode !== undefined) return [mode];
    if (!isObject) return [];
    const below = shapeOf(type);
    if (!Array.isArray(child)) {
      return typeof child === "object" && child !== null ? laterFields(child, below, to, at) : [];
    }
    return child.flatMap((item: unknown, index) =>
      typeof item === "object" && item !== null ? laterFields(item, below, to, [...at, index]) : [],
    );
  });

/** True by construction: it was valid in a spec, and has no field that this one lacks. */
const isOf = <M extends Minor>(config: object, _minor: M): config is ConfigAt<M> =>
  property(config, "ignition") !== undefined;

/** A config that is valid in one spec, in another one. */
export const fitSpec = (config: object, from: Minor, to: Minor): FittedConfig => {
  if (!isOf(config, from)) throw new Error("a config without a version is none");
  if (to >= from) return { config: translateIgnition(config, from, to) };
  const later = laterFields(config, shapeOf("Config"), to, []);
  if (later.length > 0) return { problems: later };
  const older = { ...config, ignition: { ...config.ignition, version: versionOf(to) } };
  if (!isOf(older, to)) throw new Error("a config without a version is none");
  // What fields may hold has grown too: formats, levels, pins.
  const problems = checkIgnition(older, to).filter(({ kind }) => kind === "error");
  return problems.length > 0 ? { problems } : { config: older };
};
