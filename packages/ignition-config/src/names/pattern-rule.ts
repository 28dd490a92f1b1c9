import type { RuleId } from "../report/rules.ts";
import { quote } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";

/**
 * A rule that is a pattern. `what` is the noun of the message, `hint` says what is allowed; `correct` offers another
 * spelling of a text that does not match, and is shown only if that does.
 */
export const patternRule = (
  rule: RuleId,
  pattern: string,
  {
    what,
    hint,
    correct,
  }: {
    readonly what: string;
    readonly hint: string;
    readonly correct?: (text: string) => string;
  },
): TextRule => {
  const expression = new RegExp(pattern, "u");
  return {
    pattern,
    check: (text) => {
      if (expression.test(text)) return undefined;
      const other = correct?.(text);
      const better = other !== undefined && expression.test(other) ? `; write \`${other}\`` : "";
      return { rule, message: `${quote(text)} is no ${what}`, hint: `${hint}${better}` };
    },
  };
};
