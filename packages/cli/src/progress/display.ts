/** What shows a person how things are going, live or line by line. */
import type { Progress, Task } from "@slipway/composer";
import type { Clock } from "@slipway/host";
import { type Paint, printable } from "@slipway/host/command-line";
import type { Ending } from "./lines.ts";
import { countTask, noteTask, startTask, type TaskView } from "./task-view.ts";

/** The part of a display that knows how to show; `display` below knows what. */
export interface Surface {
  /** Tasks changed; `tasks` are those that run now, in the order in which they began. */
  update(tasks: readonly TaskView[], change: Change): void;
  /** Lines that stay. */
  readonly say: (text: string) => void;
  /** Takes away what does not stay. */
  readonly close: () => void;
}

export type Change =
  | { readonly kind: "started" | "noted" | "counted"; readonly id: number; readonly task: TaskView }
  | {
      readonly kind: "ended";
      readonly id: number;
      readonly task: TaskView;
      readonly ending: Ending;
    };

export interface Display {
  readonly paint: Paint;
  readonly progress: Progress;
  /** Says something to the person at once, above whatever is running. */
  readonly say: (text: string) => void;
  /** Leaves the screen to others. What is said afterwards is said in plain lines. */
  readonly close: () => void;
}

/** Keeps account of the tasks and passes every change on. */
export const openDisplay = (
  surface: Surface,
  clock: Pick<Clock, "monotonicMs">,
  { signal, paint }: { readonly signal: AbortSignal; readonly paint: Paint },
): Display => {
  const running = new Map<number, TaskView>();
  let serial = 0;

  const change = (id: number, kind: "noted" | "counted", edit: (task: TaskView) => TaskView) => {
    const before = running.get(id);
    // A program's last words may come after its task has ended.
    if (before === undefined) return;
    const task = edit(before);
    running.set(id, task);
    surface.update([...running.values()], { kind, id, task });
  };

  const taskOf = (id: number): Task => ({
    note: (text) => change(id, "noted", (task) => noteTask(task, text)),
    bytes: (done, total) =>
      change(id, "counted", (task) => countTask(task, { done, total }, clock.monotonicMs())),
  });

  const end = (id: number, ending: Ending): void => {
    const task = running.get(id);
    if (task === undefined) return;
    running.delete(id);
    surface.update([...running.values()], { kind: "ended", id, task, ending });
  };

  const progress: Progress = {
    signal,
    task: async (name, detail, work) => {
      serial += 1;
      const id = serial;
      const task = startTask(name, detail, clock.monotonicMs());
      running.set(id, task);
      surface.update([...running.values()], { kind: "started", id, task });
      try {
        const result = await work(taskOf(id));
        end(id, "done");
        return result;
      } catch (error) {
        end(id, signal.aborted ? "stopped" : "failed");
        throw error;
      }
    },
    warn: (message) => surface.say(`${paint("warning", "warn")}: ${printable(message)}`),
  };
  return { paint, progress, say: surface.say, close: surface.close };
};
