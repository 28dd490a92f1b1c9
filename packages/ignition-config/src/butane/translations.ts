/** Where in the YAML each part of the generated config comes from. */
import type { Path } from "../report/finding.ts";
import type { Shape } from "./shape.ts";
import { isFields, isList, type Value } from "./value.ts";

/** From places in the generated config to places in the YAML; of two for one place the later holds. */
export interface Translations {
  readonly pairs: { readonly from: Path; readonly to: Path }[];
  /** How many of the pairs `sources` knows: it is only filled when it is asked for, which most documents never need. */
  indexed: number;
  readonly sources: Map<string, Path>;
}

export const noTranslations = (): Translations => ({ pairs: [], indexed: 0, sources: new Map() });

const keyOf = (path: Path): string => path.join(".");

export const addTranslation = ({ pairs }: Translations, from: Path, to: Path): void => {
  pairs.push({ from, to });
};

export const sourceOf = (translations: Translations, to: Path): Path | undefined => {
  const { pairs, sources } = translations;
  for (; translations.indexed < pairs.length; translations.indexed += 1) {
    const pair = pairs[translations.indexed];
    if (pair !== undefined) sources.set(keyOf(pair.to), pair.from);
  }
  return sources.get(keyOf(to));
};

/** The same with the places in the generated config changed, or left out where the answer is undefined. */
export const mapTargets = (
  { pairs }: Translations,
  change: (to: Path) => Path | undefined,
): Translations => {
  const changed = noTranslations();
  for (const { from, to } of pairs) {
    const target = change(to);
    if (target !== undefined) addTranslation(changed, from, target);
  }
  return changed;
};

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
