/** Those who are logged in on the node. */
import type { Outcome } from "../engine/ports.ts";
import type { ReleaseRef } from "../machine/release.ts";
import { askSessions, warnSessions } from "../sessions/ask-sessions.ts";
import { sessionsFailure, warningText } from "../sessions/session.ts";
import type { TaskContext } from "./context.ts";
import { failed } from "./outcome.ts";

const why = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

/** Where nobody can tell, the restart goes on: an image without logind is to be updated too. */
export const sessions = async ({
  exec,
  log,
  signal,
}: Pick<TaskContext, "exec" | "log" | "signal">): Promise<Outcome> => {
  try {
    const found = sessionsFailure(await askSessions(exec, signal));
    return found === undefined ? { kind: "done" } : failed(found);
  } catch (error) {
    log(`nobody can tell who is logged in, and nobody is waited for: ${why(error)}`);
    return { kind: "done" };
  }
};

export const warn = async (
  { exec }: Pick<TaskContext, "exec">,
  { release, minutes }: { readonly release: ReleaseRef; readonly minutes: number },
): Promise<void> => warnSessions(exec, warningText(release.version, minutes));
