/** Who is logged in, and what they are told. Pure. */

import type { AgentErrorCode, Failure } from "../errors.ts";

/** The code of a restart that waits for them. */
export const SESSIONS: AgentErrorCode = "SESSIONS";

/** Somebody at a terminal of the node, or connected to it from elsewhere. */
export interface Session {
  readonly id: string;
  readonly user: string;
  /** Such as `pts/0`; nothing for a connection without one. */
  readonly terminal?: string;
}

const named = ({ user, terminal }: Session): string =>
  terminal === undefined ? user : `${user} on ${terminal}`;

/** `alice on pts/0, bob and 3 others`. */
const whoIs = (sessions: readonly Session[]): string => {
  const [first = "nobody", second, ...others] = sessions.map(named);
  if (second === undefined) return first;
  if (others.length === 0) return `${first} and ${second}`;
  return `${first}, ${second} and ${others.length} other${others.length === 1 ? "" : "s"}`;
};

/** Why a restart waits; nothing where nobody is there. */
export const sessionsFailure = (sessions: readonly Session[]): Failure | undefined =>
  sessions.length === 0
    ? undefined
    : {
        code: SESSIONS,
        message: `the restart waits for whoever is logged in: ${whoIs(sessions)}`,
        hint: "log out; `slipway-agent update` restarts at once, `slipway-agent pause` keeps the node as it is",
      };

/** What stands on every terminal then. */
export const warningText = (version: string, minutes: number): string =>
  `This node restarts for release ${version} as soon as nobody is logged in, and in ${minutes} minute${minutes === 1 ? "" : "s"} at the latest.
Log out when you are through, or keep it as it is: slipway-agent pause
`;
