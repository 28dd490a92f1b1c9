/** Many questions to a guest in one boot: a script of named commands, and what each of them said. */
import assert from "node:assert/strict";
import type { Outcome } from "./release.ts";

/** Commands for the guest's shell, by name, in the order in which they are run. */
export type Questions = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export type Answers<Q extends Questions> = { readonly [Name in keyof Q]: Answer };

/** What no command says at the start of a line. */
const MARK = "#=#";

/** For `run --exec`: each command in a shell of its own. Pure. */
export const questionScript = (questions: Questions): string => {
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const lines = Object.entries(questions).map(([name, command]) => `ask ${name} ${quote(command)}`);
  return `ask() { echo "${MARK} $1"; sh -c "$2" </dev/null 2>&1; set $?; echo; echo "${MARK} = $1"; }
${lines.join("\n")}`;
};

/** Fails with all that was said unless every question was answered. */
export const answersOf = <Q extends Questions>(questions: Q, outcome: Outcome): Answers<Q> => {
  assert.equal(outcome.status, 0, `${outcome.stdout}\n${outcome.stderr}`);
  const pattern = new RegExp(`^${MARK} (\\w+)\\n([\\s\\S]*?)\\n${MARK} = (\\d+)$`, "gm");
  const found = [...outcome.stdout.matchAll(pattern)].map(
    ([, name = "", output = "", status]) => [name, { status: Number(status), output }] as const,
  );
  assert.deepEqual(
    found.map(([name]) => name),
    Object.keys(questions),
    outcome.stdout,
  );
  return Object.fromEntries(found) as unknown as Answers<Q>;
};
