/** The live display of a terminal: a line a running task, redrawn in place. */
import type { Clock, Screen } from "@slipway/host";
import type { Paint } from "@slipway/host/command-line";
import type { Surface } from "./display.ts";
import { NOTHING_PAINTED, repaint } from "./frame.ts";
import { endLine, paintLine, runningLines } from "./lines.ts";
import type { TaskView } from "./task-view.ts";

/** Ten times a second at most. */
const FRAME_MS = 100;

export const liveSurface = (screen: Screen, clock: Clock, paint: Paint): Surface => {
  let tasks: readonly TaskView[] = [];
  let lasting: readonly string[] = [];
  let painted = NOTHING_PAINTED;
  let shown = "";
  let paintedAtMs = Number.NEGATIVE_INFINITY;
  let ticking: AbortController | undefined;
  let closed = false;

  const isIdle = (): boolean => tasks.length === 0 && lasting.length === 0;

  const draw = (): void => {
    if (isIdle() && painted.length === 0) return;
    const { columns, rows } = screen.size();
    const now = clock.monotonicMs();
    const lines = runningLines(tasks, now, { columns, rows });
    const frame = repaint(painted, columns, { lasting, lines }, paint);
    // The same lines at the same place need no writing; lasting lines are never at the same place.
    if (frame.text !== shown || lasting.length > 0) screen.write(frame.text);
    shown = frame.text;
    painted = frame.painted;
    lasting = [];
    paintedAtMs = now;
  };

  const tick = async (signal: AbortSignal): Promise<void> => {
    while (!isIdle()) {
      await clock.sleep(FRAME_MS, signal);
      draw();
    }
    ticking = undefined;
  };

  /** Draws now if the last frame is old enough, and goes on drawing while there is anything to show. */
  const wake = (): void => {
    if (clock.monotonicMs() - paintedAtMs >= FRAME_MS) draw();
    if (ticking !== undefined) return;
    const stop = new AbortController();
    ticking = stop;
    tick(stop.signal).catch((error: unknown) => {
      // Closing the display ends the sleep.
      if (!stop.signal.aborted) throw error;
    });
  };

  const say = (text: string): void => {
    if (closed) return screen.write(`${text}\n`);
    lasting = [...lasting, ...text.split("\n")];
    wake();
  };

  return {
    say,
    update: (running, change) => {
      tasks = running;
      if (closed) return;
      if (change.kind === "ended") {
        say(paintLine(endLine(change.task, change.ending, clock.monotonicMs()), paint));
      } else if (change.kind === "started") wake();
    },
    close: () => {
      if (closed) return;
      tasks = [];
      draw();
      closed = true;
      ticking?.abort();
    },
  };
};
