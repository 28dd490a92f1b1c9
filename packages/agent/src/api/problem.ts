/** What the API answers where it does not do what it was asked for. Pure. */
import type { Failure } from "../errors.ts";
import { type FailureKind, failureKindOf } from "../failure-kinds.ts";

/** What only a conversation over HTTP can get wrong. */
export type ApiErrorCode = "NOT_FOUND" | "WRONG_METHOD" | "WRONG_TYPE" | "TOO_LARGE" | "TOO_MANY";

export interface ProblemDocument extends Failure {
  readonly schema: 1;
}

const OWN: Readonly<Record<ApiErrorCode, number>> = {
  NOT_FOUND: 404,
  WRONG_METHOD: 405,
  TOO_LARGE: 413,
  WRONG_TYPE: 415,
  TOO_MANY: 503,
};

const BY_KIND: Readonly<Record<FailureKind, number>> = {
  usage: 400,
  unknown: 404,
  refused: 409,
  failed: 500,
  "try-later": 503,
  interrupted: 503,
};

const isOwn = (code: string): code is ApiErrorCode => Object.hasOwn(OWN, code);

export const httpStatusOf = (code: string): number =>
  isOwn(code) ? OWN[code] : BY_KIND[failureKindOf(code)];

/** Seconds after which it makes sense to ask again, where the status says so. */
export const RETRY_AFTER_SECONDS = 10;

export const problemDocument = ({ code, message, hint }: Failure): ProblemDocument => ({
  schema: 1,
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

const textIn = (error: Error, name: string): string | undefined => {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
};

/** What an error says of itself; one without a code is a fault of ours. */
export const problemOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { code: "ILLEGAL", message: String(error) };
  const [code, hint] = [textIn(error, "code"), textIn(error, "hint")];
  if (code === undefined)
    return {
      code: "ILLEGAL",
      message: error.message,
      hint: "see `journalctl --unit slipway-agent`",
    };
  return { code, message: error.message, ...(hint === undefined ? {} : { hint }) };
};
