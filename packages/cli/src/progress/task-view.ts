/** A running task as the display knows it. Pure. */
import { printableLine } from "@slipway/host/command-line";

/** Bytes done at a time. */
interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** All times are of one monotonic clock. */
export interface TaskView {
  readonly name: string;
  readonly detail: string;
  readonly startedMs: number;
  /** The last thing it said. */
  readonly note: string | undefined;
  readonly bytes: { readonly done: number; readonly total: number } | undefined;
  /** For the rate: the newest last, none older than `WINDOW_MS`. */
  readonly samples: readonly Sample[];
}

/** The rate is that of the last ten seconds, so that it follows a network that changes its mind. */
const WINDOW_MS = 10_000;
const SAMPLE_MS = 250;
/** A rate over less time than this says nothing. */
const LEAST_MS = 1000;

export const startTask = (name: string, detail: string, nowMs: number): TaskView => ({
  name: printableLine(name),
  detail: printableLine(detail),
  startedMs: nowMs,
  note: undefined,
  bytes: undefined,
  samples: [],
});

export const noteTask = (task: TaskView, text: string): TaskView => {
  const note = printableLine(text);
  return note === "" ? task : { ...task, note };
};

export const countTask = (
  task: TaskView,
  bytes: { readonly done: number; readonly total: number },
  nowMs: number,
): TaskView => {
  const last = task.samples.at(-1);
  if (last !== undefined && nowMs - last.atMs < SAMPLE_MS) return { ...task, bytes };
  const recent = task.samples.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
  return { ...task, bytes, samples: [...recent, { atMs: nowMs, done: bytes.done }] };
};

/** Bytes a second, as far as it is known. */
export const rateOf = ({ samples, bytes }: TaskView, nowMs: number): number | undefined => {
  const [first] = samples;
  if (first === undefined || bytes === undefined || nowMs - first.atMs < LEAST_MS) return undefined;
  const rate = ((bytes.done - first.done) * 1000) / (nowMs - first.atMs);
  return rate > 0 ? rate : undefined;
};
