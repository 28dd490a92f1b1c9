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

/** A list of texts, or one text without a list. `what`: one of them, as a message names it. */
export const listOf = <T>(
  node: SettingNode,
  { what, most, hint }: { readonly what: string; readonly most: number; readonly hint: string },
  read: (item: ScalarNode) => Reading<T>,
): Reading<readonly T[]> => {
  const items = node.kind === "list" ? node.items : [node];
  if (items.length > most)
    return refused(node, `there are more than ${most}`, "keep fewer of them");
  const found: T[] = [];
  for (const item of items) {
    if (item.kind !== "scalar") return refused(item, `${what} belongs here`, hint);
    const reading = read(item);
    if (!reading.ok) return reading;
    found.push(reading.value);
  }
  return { ok: true, value: found };
};
