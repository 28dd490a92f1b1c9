/** The lines that a person sees of tasks, as values. Pure. */
import {
  formatDuration,
  formatPart,
  formatSize,
  type Paint,
  type Tone,
} from "@slipway/host/command-line";
import { clip, columnsOf } from "../text/width.ts";
import { rateOf, type TaskView } from "./task-view.ts";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line before it is painted: cutting must not count colours. */
export type Line = readonly Span[];

/** How a task ended. */
export type Ending = "done" | "failed" | "stopped";

export const textOf = (line: Line): string => line.map(({ text }) => text).join("");

export const paintLine = (line: Line, paint: Paint): string =>
  line.map(({ text, tone }) => (tone === undefined ? text : paint(text, tone))).join("");

/** The line, cut to at most `columns`. */
export const clipLine = (line: Line, columns: number): Line => {
  const shown: Span[] = [];
  let left = columns;
  for (const span of line) {
    if (left <= 0) break;
    const text = clip(span.text, left);
    shown.push({ ...span, text });
    left = text === span.text ? left - columnsOf(text) : 0;
  }
  return shown;
};

const bytesPart = (task: TaskView, nowMs: number): string => {
  if (task.bytes === undefined) return "";
  const { done, total } = task.bytes;
  const rate = rateOf(task, nowMs);
  const share = formatPart(Math.min(done, total), total);
  return rate === undefined ? share : `${share}, ${formatSize(Math.round(rate))}/s`;
};

/** Names and times of lines that stand below each other begin in the same columns. */
export const runningLine = (task: TaskView, nowMs: number, nameColumns: number): Line => {
  const bytes = bytesPart(task, nowMs);
  const said = task.note ?? task.detail;
  return [
    { text: task.name.padEnd(nameColumns), tone: "strong" },
    { text: `  ${formatDuration(nowMs - task.startedMs).padStart(8)}` },
    ...(bytes === "" ? [] : [{ text: `  ${bytes}` }]),
    ...(said === "" ? [] : [{ text: `  ${said}`, tone: "faint" } as const]),
  ];
};

const TONES: Readonly<Record<Ending, Tone>> = { done: "good", failed: "bad", stopped: "warn" };
const WORDS: Readonly<Record<Ending, string>> = {
  done: "done in",
  failed: "failed after",
  stopped: "stopped after",
};

export const endLine = (task: TaskView, ending: Ending, nowMs: number): Line => [
  { text: task.name, tone: "strong" },
  { text: ": " },
  { text: WORDS[ending], tone: TONES[ending] },
  { text: ` ${formatDuration(nowMs - task.startedMs)}` },
];

/**
 * One line a running task, in the order in which they began; what does not fit on the screen is counted. The last
 * column and the last row stay free: writing to them makes some terminals scroll.
 */
export const runningLines = (
  tasks: readonly TaskView[],
  nowMs: number,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly Line[] => {
  const room = Math.max(1, rows - 1);
  const shown = tasks.length <= room ? tasks : tasks.slice(0, Math.max(0, room - 1));
  const nameColumns = Math.max(0, ...shown.map(({ name }) => name.length));
  const hidden = tasks.length - shown.length;
  return [
    ...shown.map((task) => runningLine(task, nowMs, nameColumns)),
    ...(hidden === 0 ? [] : [[{ text: `and ${hidden} more`, tone: "faint" } as const]]),
  ].map((line) => clipLine(line, Math.max(1, columns - 1)));
};

export const plainStart = ({ name, detail }: TaskView): string =>
  detail === "" ? `${name}: started` : `${name}: started, ${detail}`;

export const plainBytes = (task: TaskView, nowMs: number): string =>
  `${task.name}: ${bytesPart(task, nowMs)}`;
