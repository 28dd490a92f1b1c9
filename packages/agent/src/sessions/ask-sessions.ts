/** Asking who is logged in, and telling them. */
import type { Exec } from "@slipway/host";
import { decodeList, decodeSessions, PROPERTIES } from "./decode-sessions.ts";
import type { Session } from "./session.ts";

const PATIENCE_MS = 10_000;

/** @throws HostError where there is no logind that answers, Error where its answer is none */
export const askSessions = async (
  exec: Exec,
  signal?: AbortSignal,
): Promise<readonly Session[]> => {
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await exec.run(
      {
        argv: ["loginctl", ...args],
        purpose: "asking who is logged in",
        timeoutMs: PATIENCE_MS,
      },
      signal === undefined ? {} : { signal },
    );
    return stdout;
  };
  const ids = decodeList(await ask("list-sessions", "--json=short"));
  if (ids.length === 0) return [];
  return decodeSessions(await ask("show-session", `--property=${PROPERTIES}`, "--", ...ids));
};

/** On every terminal of somebody who is logged in. @throws HostError */
export const warnSessions = async (exec: Exec, text: string): Promise<void> => {
  await exec.run({
    argv: ["wall"],
    stdin: text,
    purpose: "warning whoever is logged in",
    timeoutMs: PATIENCE_MS,
  });
};
