/** Lines for a file, a pipe or a terminal that can do no more: each is written once. */
import type { Clock, Screen } from "@slipway/host";
import type { Surface } from "./display.ts";
import { endLine, plainBytes, plainStart, textOf } from "./lines.ts";

/** Between two lines about the bytes of one task. */
const BYTES_MS = 5000;

export const plainSurface = (screen: Screen, clock: Pick<Clock, "monotonicMs">): Surface => {
  const saidAt = new Map<number, number>();
  const say = (text: string): void => screen.write(`${text}\n`);
  return {
    say,
    close: () => undefined,
    update: (_tasks, change) => {
      const { kind, id, task } = change;
      const now = clock.monotonicMs();
      switch (kind) {
        case "started":
          saidAt.set(id, now);
          return say(plainStart(task));
        case "counted":
          if (now - (saidAt.get(id) ?? now) < BYTES_MS) return;
          saidAt.set(id, now);
          return say(plainBytes(task, now));
        case "ended":
          saidAt.delete(id);
          return say(textOf(endLine(task, change.ending, now)));
        case "noted":
      }
    },
  };
};
