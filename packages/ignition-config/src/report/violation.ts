import type { Level } from "./finding.ts";
import { type RuleId, RULES } from "./rules.ts";

/** What a rule has to say about a value, before it is known where that value stands. */
export interface Violation {
  readonly rule: RuleId;
  /** Where it is not the rule's own. */
  readonly level?: Level;
  readonly message: string;
  /** A function where it takes work: of a million violations only those that are shown need it. */
  readonly hint?: string | (() => string);
  /** The part of the value that it is about, as it is written there. */
  readonly within?: string;
}

/** How much a violation matters. */
export const levelOf = ({ rule, level }: Violation): Level => level ?? RULES[rule].level;

const SHOWN_CHARACTERS = 60;

/** Outside text for a message: on one line, escaped, cut to a readable length. */
export const quote = (text: string): string => {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  // Escapes what a terminal would act upon: C1 controls, bidirectional overrides and the like are no part of JSON's own escapes.
  return JSON.stringify(cut).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
};
