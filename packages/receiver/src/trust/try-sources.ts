/** One source after the other: what one does not have, or has spoilt, another may have whole. */
import { ReceiverError, type ReceiverErrorCode } from "../errors.ts";
import type { RepositorySource } from "../fetch/source.ts";

/** What says nothing of the repository, only of the way to it: the refusals say more where there are any. */
const SAYS_LITTLE: ReadonlySet<ReceiverErrorCode> = new Set([
  "UNREACHABLE",
  "NOT_FOUND",
  "TOO_SLOW",
  "BAD_ANSWER",
]);

/** The error for people when no source was of use: the most telling one, with the others' reasons. */
export const combine = (failures: readonly ReceiverError[]): ReceiverError => {
  const telling = failures.find(({ code }) => !SAYS_LITTLE.has(code)) ?? failures[0];
  if (telling === undefined)
    return new ReceiverError("UNREACHABLE", "no source of releases is named", {
      hint: "name a repository in the agent's configuration",
    });
  if (failures.length === 1) return telling;
  const others = failures.filter((failure) => failure !== telling);
  return new ReceiverError(
    telling.code,
    `${telling.message}; nor from elsewhere: ${others.map(({ message }) => message).join("; ")}`,
    {
      cause: new AggregateError(failures),
      ...(telling.hint === undefined ? {} : { hint: telling.hint }),
      ...(telling.source === undefined ? {} : { source: telling.source }),
    },
  );
};

/** Whether another source could do better. */
export const isOfSource = (error: unknown): error is ReceiverError =>
  error instanceof ReceiverError && error.code !== "ABORTED" && error.code !== "WRITE_FAILED";

/**
 * The first answer that a source gives. Each failure is logged in one line.
 * @throws ReceiverError the most telling failure, where every source failed; at once what no other source can mend.
 */
export const firstOf = async <T>(
  sources: readonly RepositorySource[],
  log: (line: string) => void,
  ask: (source: RepositorySource) => Promise<T>,
): Promise<T> => {
  const failures: ReceiverError[] = [];
  for (const source of sources) {
    try {
      return await ask(source);
    } catch (error) {
      if (!isOfSource(error)) throw error;
      failures.push(error);
      log(`${error.code}: ${error.message}`);
    }
  }
  throw combine(failures);
};
