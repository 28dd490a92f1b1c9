/** What is told when it begins and when it ends, and not as long as it lasts. Pure. */
import type { Failure } from "../errors.ts";
import type { Message, MessageKind } from "./messages.ts";

/** What one look at the node found amiss; nothing where all is well. */
export interface Amiss {
  readonly held: Failure | undefined;
  readonly check: Failure | undefined;
  readonly settings: Failure | undefined;
}

export const NOTHING_AMISS: Amiss = { held: undefined, check: undefined, settings: undefined };

interface Lasting {
  readonly of: keyof Amiss;
  readonly begins: MessageKind;
  readonly ends: MessageKind;
  /** In front of what is the matter. */
  readonly text: string;
  readonly over: string;
}

const LASTING: readonly Lasting[] = [
  {
    of: "held",
    begins: "held",
    ends: "released",
    text: "the agent is held",
    over: "the agent is no longer held",
  },
  {
    of: "check",
    begins: "check-failed",
    ends: "check-recovered",
    text: "the repository gives no answer",
    over: "the repository answers again",
  },
  {
    of: "settings",
    begins: "settings-wrong",
    ends: "settings-mended",
    text: "the settings have an error",
    over: "the settings have no error any more",
  },
];

/** Another code is another thing; another text of the same code, such as a time in it, is not. */
export const newsOf = (before: Amiss, now: Amiss): readonly Message[] =>
  LASTING.flatMap(({ of, begins, ends, text, over }): readonly Message[] => {
    const [was, is] = [before[of], now[of]];
    if (is === undefined)
      return was === undefined ? [] : [{ kind: ends, text: over, code: was.code }];
    if (was?.code === is.code) return [];
    return [{ kind: begins, text: `${text}: ${is.message}`, code: is.code, reason: is.message }];
  });
