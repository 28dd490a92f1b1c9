/** An Ignition config as the YAML nodes that a slipway document of the same meaning would have. */
import { snakeCase } from "../../butane/translations.ts";
import type { Path } from "../../report/finding.ts";
import type { Mark } from "../../text/source-text.ts";
import type { YamlEntry, YamlNode, YamlScalar } from "../../yaml/yaml-node.ts";

type PlaceOf = (path: Path) => Mark;

const scalar = (text: string, at: Mark, plain: boolean): YamlScalar => ({
  kind: "scalar",
  at,
  weight: 1,
  text,
  plain,
});

const scalarOf = (value: string | number | boolean, at: Mark, name: unknown): YamlScalar => {
  // In JSON a mode is a decimal number; spelled in octal, nobody can take it for one that lacks its zero.
  if (name === "mode" && typeof value === "number")
    return scalar(`0o${value.toString(8)}`, at, true);
  return scalar(String(value), at, typeof value !== "string");
};

const respellValue = (value: unknown, path: Path, placeOf: PlaceOf): YamlNode | undefined => {
  const at = placeOf(path);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return scalarOf(value, at, path.at(-1));
  }
  if (Array.isArray(value)) {
    const items = value.flatMap(
      (item: unknown, index) => respellValue(item, [...path, index], placeOf) ?? [],
    );
    return { kind: "sequence", at, weight: 1, items };
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([name, field]): readonly YamlEntry[] => {
    const node = respellValue(field, [...path, name], placeOf);
    return node === undefined
      ? []
      : [{ key: scalar(snakeCase(name), node.at, false), value: node }];
  });
  return { kind: "mapping", at, weight: 1, entries };
};

/** `ignition` itself holds what only a node needs; of it there is nothing but the version that is always there. */
export const respell = (config: object, placeOf: PlaceOf): YamlNode => {
  const at = placeOf([]);
  const body = respellValue({ ...config, ignition: undefined }, [], placeOf);
  const entries = body?.kind === "mapping" ? body.entries : [];
  const header = [
    ["variant", "slipway"],
    ["version", "1.0.0"],
  ].map(([key = "", text = ""]): YamlEntry => ({
    key: scalar(key, at, false),
    value: scalar(text, at, false),
  }));
  return { kind: "mapping", at, weight: 1, entries: [...header, ...entries] };
};
