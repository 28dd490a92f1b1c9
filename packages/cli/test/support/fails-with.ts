import assert from "node:assert/strict";
import { UsageError } from "@slipway/host/command-line";
import { CliError } from "../../src/errors.ts";

interface Expected {
  readonly code: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

/** Holds an error of the command line against what it must say. */
export const saysWhy = (error: unknown, { code, message, hint }: Expected): true => {
  assert.ok(error instanceof CliError || error instanceof UsageError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  if (hint !== undefined) assert.match(error.hint ?? "", hint);
  return true;
};

export const failsWith = (work: () => unknown, expected: Expected): void => {
  assert.throws(work, (error) => saysWhy(error, expected));
};
