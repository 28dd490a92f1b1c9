/** What may stand behind the `?` of an address. Pure. */
import type { Failure } from "../errors.ts";

export const HISTORY_LIMIT = { min: 1, max: 1000, default: 100 } as const;

export type Query =
  | { readonly ok: true; readonly limit: number }
  | { readonly ok: false; readonly problem: Failure };

const wrong = (message: string, hint: string): Query => ({
  ok: false,
  problem: { code: "USAGE", message, hint },
});

const HINT = `write ?limit=N with N from ${HISTORY_LIMIT.min} to ${HISTORY_LIMIT.max}`;

/** `takesLimit`: whether the path takes `limit`; none takes anything else. */
export const readQuery = (search: string, takesLimit: boolean): Query => {
  const parameters = [...new URLSearchParams(search)];
  const unknown = parameters.find(([name]) => !takesLimit || name !== "limit");
  if (unknown !== undefined)
    return wrong(
      "this path takes no such parameter",
      takesLimit ? HINT : "leave out what stands behind `?`",
    );
  if (parameters.length > 1) return wrong("limit is given more than once", HINT);
  const [[, text] = ["limit", String(HISTORY_LIMIT.default)]] = parameters;
  const limit = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  return limit >= HISTORY_LIMIT.min && limit <= HISTORY_LIMIT.max
    ? { ok: true, limit }
    : wrong("limit is no number in its bounds", HINT);
};
