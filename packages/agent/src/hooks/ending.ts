/** What the end of a hook means. Pure. */
import { because, type Failure } from "../errors.ts";
import { HELD, type HookPoint, NOT_YET } from "./point.ts";
import type { Ending } from "./ports.ts";

/** EX_TEMPFAIL of sysexits.h: ask me again soon. */
const TRY_LATER = 75;

export interface HookEnded {
  readonly name: string;
  readonly ending: Ending;
  readonly timeoutMs: number;
  /** The last line that it wrote. */
  readonly lastLine: string | undefined;
}

/** `undefined`: all is well. */
export const troubleOf = ({
  ending,
  timeoutMs,
  lastLine,
}: Omit<HookEnded, "name">): string | undefined => {
  switch (ending.kind) {
    case "exited":
      return ending.status === 0 ? undefined : (lastLine ?? `it ended with ${ending.status}`);
    case "killed":
      return `it was killed by ${ending.signal}${because(lastLine)}`;
    case "timed-out":
      return `it did not end within ${Math.round(timeoutMs / 1000)} s${because(lastLine)}`;
    case "not-started":
      return `it could not be started: ${ending.reason}`;
  }
};

/** Why a release may not go on, as far as one hook goes. */
export const holdOf = (point: HookPoint, ended: HookEnded): Failure | undefined => {
  const trouble = troubleOf(ended);
  if (trouble === undefined) return undefined;
  const { name, ending } = ended;
  const isSoon = ending.kind === "exited" && ending.status === TRY_LATER;
  return {
    code: isSoon ? NOT_YET : HELD,
    message: `hook ${name} ${isSoon ? "wants to be asked again" : "holds the release"}: ${trouble}`,
    hint: `see \`journalctl --unit slipway-hook@${point}\`; \`slipway-agent update --skip-hooks\` goes past it`,
  };
};

/** What cannot be looked at may be the hook that would have said no. */
export const holdOfProblem = (problem: string): Failure => ({
  code: HELD,
  message: `the node's hooks are not known: ${problem}`,
  hint: "put it right; `slipway-agent update --skip-hooks` goes past it",
});
