/** Where in the YAML each part of the generated config comes from. */
import type { Path } from "../report/finding.ts";
import type { Shape } from "./shape.ts";
import { isFields, isList, type Value } from "./value.ts";

/** Keyed by the path in the generated config. */
export interface Translations {
  readonly sources: Map<string, Path>;
}

export const noTranslations = (): Translations => ({ sources: new Map() });

const keyOf = (path: Path): string => path.join(".");

export const addTranslation = ({ sources }: Translations, from: Path, to: Path): void => {
  sources.set(keyOf(to), from);
};

export const sourceOf = ({ sources }: Translations, to: Path): Path | undefined =>
  sources.get(keyOf(to));

/** All paths below `to`, and itself, come from the one place `from`: fields that are not set too. */
export const addCommonSource = (
  translations: Translations,
  from: Path,
  to: Path,
  value: Value | undefined,
  shape: Shape,
): void => {
  addTranslation(translations, from, to);
  if (shape.kind === "object") {
    if (shape.nullable && value === undefined) return;
    const fields = isFields(value) ? value : {};
    for (const { json, shape: fieldShape } of shape.fields) {
      if (json === undefined) continue;
      addCommonSource(translations, from, [...to, json], fields[json], fieldShape);
    }
  } else if (shape.kind === "list" && isList(value)) {
    for (const [index, item] of value.entries()) {
      addCommonSource(translations, from, [...to, index], item, shape.item);
    }
  }
};

export const snakeCase = (name: string): string =>
  name.replaceAll(/MiB|[A-Z]/g, (part) => `_${part}`).toLowerCase();

/** The place in the YAML for a path of the generated config; where none is known, the one of the same names. */
export const traceBack = (translations: Translations, to: Path): Path =>
  sourceOf(translations, to) ??
  to.map((part) => (typeof part === "string" ? snakeCase(part) : part));
