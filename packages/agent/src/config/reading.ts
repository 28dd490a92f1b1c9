/** What comes of reading the value of a setting. Pure. */
import type { ScalarNode, SettingNode } from "./yaml-document.ts";

/** The value of a key, or why it is none. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly at: SettingNode;
      readonly message: string;
      readonly hint: string;
    };

export const refused = (at: SettingNode, message: string, hint: string): Reading<never> => ({
  ok: false,
  at,
  message,
  hint,
});

const MAX_SHOWN = 60;
export const shown = ({ text }: ScalarNode): string =>
  `'${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}'`;
