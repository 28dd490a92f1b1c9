/**
 * Merging what Butane made up with what the author wrote, by Ignition's rules, so that single made-up fields can be overridden.
 */
import { mergeIgnition } from "../ignition/merge.ts";
import type { Minor } from "../ignition/schema/table.ts";
import { asConfig } from "./generated.ts";
import { addTranslation, noTranslations, sourceOf, type Translations } from "./translations.ts";
import { type Fields, isFields, objectAt } from "./value.ts";

/** A config and where its parts come from. */
export interface Traced {
  readonly config: Fields;
  readonly translations: Translations;
}

/**
 * Merges `child` over `parent`. Where both gave something, the child's place is kept: the parent is made up, and comes from a
 * place that has little to do with it. Values that are empty lose their places, as they do in Butane.
 */
export const mergeTraced = (parent: Traced, child: Traced, minor: Minor): Traced => {
  const made = { ignition: { version: "" }, ...parent.config };
  const merged = mergeIgnition(asConfig(made, minor), asConfig(child.config, minor), minor);
  const translations = noTranslations();
  for (const { from, fromPath, toPath } of merged.transcript) {
    const source = sourceOf((from === "parent" ? parent : child).translations, fromPath);
    const isKept = from === "parent" && sourceOf(translations, toPath) !== undefined;
    if (source !== undefined && !isKept) addTranslation(translations, source, toPath);
  }
  if (!isFields(merged.config)) throw new Error("a merged config is an object");
  const config = { ...merged.config, ignition: objectAt(child.config, "ignition") };
  return { config, translations };
};
