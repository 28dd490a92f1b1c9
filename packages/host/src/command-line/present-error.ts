/** An error as a person sees it. It reads shapes, not classes: every package has errors of its own. Pure. */
import { inspect } from "node:util";
import type { Paint } from "./paint.ts";
import { printable, printableLine } from "./printable.ts";

/** As long as a chain of causes is shown; longer ones are loops or noise. */
const LONGEST_CHAIN = 8;

const stringAt = (value: object, name: "code" | "hint" | "stack"): string | undefined => {
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof found === "string" && found !== "" ? found : undefined;
};

/**
 * The code that somebody gave to an error knowing that it can happen: of ours, or of the system (`ENOENT`). Node's own
 * `ERR_…` codes say that a function was called wrongly, which is a fault of the program.
 */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = stringAt(error, "code");
  return code === undefined || code.startsWith("ERR_") ? undefined : code;
};

/** What to do about what the system says, where that is always the same. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "free some space there, and run the command again; nothing that was finished is lost",
  EDQUOT: "free some of your quota there, and run the command again",
  EACCES: "run it as a user who may do that, or change the permissions",
  EPERM: "run it as a user who may do that",
  EROFS: "choose a directory that can be written to",
  EMFILE: "raise the limit of open files (ulimit -n)",
};

const messageOf = (error: unknown): string => {
  if (typeof error === "string") return printable(error);
  if (!(error instanceof Error)) return printable(inspect(error, { depth: 1 }));
  const code = codeOf(error);
  // Node's system errors repeat their code in front.
  const message = code === undefined ? error.message : error.message.replace(`${code}: `, "");
  return printable(message === "" ? error.name : message);
};

/** The error and what led to it. */
export const chainOf = (error: unknown): readonly unknown[] => {
  const chain: unknown[] = [];
  let next: unknown = error;
  while (
    next !== undefined &&
    next !== null &&
    !chain.includes(next) &&
    chain.length < LONGEST_CHAIN
  ) {
    chain.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
};

const hintOf = (chain: readonly unknown[]): string | undefined => {
  for (const error of chain) {
    if (!(error instanceof Error)) continue;
    const hint = stringAt(error, "hint") ?? SYSTEM_HINTS[codeOf(error) ?? ""];
    if (hint !== undefined) return hint;
  }
  return undefined;
};

/** Causes, as far as they say what has not been said. */
const causeLines = (chain: readonly unknown[]): readonly string[] => {
  const [first, ...causes] = chain;
  let said = messageOf(first);
  const lines: string[] = [];
  for (const cause of causes) {
    const message = printableLine(messageOf(cause).split("\n")[0] ?? "");
    if (message === "" || said.includes(message)) continue;
    lines.push(` -> ${message}`);
    said = `${said}\n${message}`;
  }
  return lines;
};

const stackLines = (chain: readonly unknown[]): readonly string[] =>
  chain.flatMap((error) => {
    const stack = error instanceof Error ? error.stack : undefined;
    if (stack === undefined) return [];
    return printable(stack)
      .split("\n")
      .filter((line) => /^\s+at /.test(line));
  });

const FAULT_HINT = "this is a fault of slipway itself: report it with the lines above";

const presentOne = (
  error: unknown,
  { debug, paint }: { readonly debug: boolean; readonly paint: Paint },
): readonly string[] => {
  const chain = chainOf(error);
  const code = codeOf(error);
  const [head = "", ...rest] = messageOf(error).split("\n");
  const label = paint(code === undefined ? "error" : `error [${code}]`, "bad");
  const hint = code === undefined ? FAULT_HINT : hintOf(chain);
  return [
    `${label}: ${head}`,
    ...rest.map((line) => `  ${line}`.trimEnd()),
    ...causeLines(chain),
    ...(debug || code === undefined ? stackLines(chain) : []),
    ...(hint === undefined ? [] : [`${paint("hint", "strong")}: ${printable(hint)}`]),
  ];
};

/** Every error that is in `error` when several pieces of work failed at once, else itself; clean-up failures last. */
const apart = (error: unknown): readonly unknown[] => {
  if (error instanceof SuppressedError) return [...apart(error.suppressed), ...apart(error.error)];
  if (error instanceof AggregateError && codeOf(error) === undefined && error.errors.length > 0) {
    return error.errors.flatMap(apart);
  }
  return [error];
};

/**
 * The lines for an error: `error [CODE]: message`, what led to it, and what to do. The place in the program is shown
 * for errors without a code, which nobody expected, and with `debug`.
 */
export const presentError = (
  error: unknown,
  options: { readonly debug: boolean; readonly paint: Paint },
): string =>
  apart(error)
    .flatMap((one) => presentOne(one, options))
    .join("\n");

/** The code that decides about the exit status. */
export const decisiveCode = (error: unknown): string | undefined => codeOf(apart(error)[0]);

/** Whether an error only says that work was stopped as the person wished. */
export const isInterruption = (error: unknown): boolean => {
  const all = apart(error).map((one) => chainOf(one));
  return all.every((chain) =>
    chain.some((one) => {
      if (!(one instanceof Error)) return false;
      if (one.name === "AbortError" || codeOf(one) === "ABORTED") return true;
      // The terminal's Ctrl-C reaches the programs that we run as well as us: 128 + SIGINT or SIGTERM.
      return "exitCode" in one && (one.exitCode === 130 || one.exitCode === 143);
    }),
  );
};
