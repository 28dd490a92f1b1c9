/**
 * What a client of the events has not heard yet. Nothing is queued for anybody: each client has a place of its own, and gets what is between that and the
 * node as it is now. One that is slow hears of fewer changes of state, and of every line of the ledger. Pure.
 */
import type { LedgerRecord } from "../../ledger/entry.ts";
import type { Verdict } from "@slipway/release";
import type { ActionRecord } from "../ports.ts";

export interface Snapshot {
  /** The state as the status document has it. */
  readonly state: object;
  /** The lines that are still there, newest first. */
  readonly records: readonly LedgerRecord[];
  /** Of this boot. */
  readonly verdict: Verdict | undefined;
  readonly actions: readonly ActionRecord[];
}

export const EVENT_NAMES = ["ledger", "state", "verdict", "action", "gap"] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** How far a client has heard. */
export interface Cursor {
  /** The last line of the ledger. */
  readonly seq: number;
  /** A client that asked for lines that are gone is told so. */
  readonly gap: { readonly from: number; readonly to: number } | undefined;
  /** As texts, to be compared. */
  readonly state: string;
  readonly verdict: string;
  readonly actions: ReadonlyMap<string, string>;
}

const lastSeq = ({ records: [newest] }: Snapshot): number => newest?.seq ?? 0;

/** A client's place at first. `after`: the last line that it has; without one it wants to hear of new ones only. */
export const beginning = (after: number | undefined, snapshot: Snapshot): Cursor => {
  const last = lastSeq(snapshot);
  const oldest = snapshot.records.at(-1)?.seq ?? last + 1;
  const nothing = { state: "", verdict: "", actions: new Map<string, string>() };
  if (after === undefined) return { ...nothing, seq: last, gap: undefined };
  // A ledger that is younger than the client's memory of it: what the client knows is of another one.
  if (after > last) return { ...nothing, seq: oldest - 1, gap: { from: 1, to: after } };
  return after + 1 < oldest
    ? { ...nothing, seq: oldest - 1, gap: { from: after + 1, to: oldest - 1 } }
    : { ...nothing, seq: after, gap: undefined };
};

/** What one answer to `eventsAfter` may be at most, but for one event alone that is longer. */
export const MOST_BATCH_CHARACTERS: number = 64 * 1024;

export interface Batch {
  /** As they go over the wire; empty where there is nothing to say. */
  readonly text: string;
  readonly cursor: Cursor;
  /** There is more, once this has been taken. */
  readonly isCut: boolean;
}

/** One event as the WHATWG's standard has it; JSON on one line has no line feed. */
const eventText = (name: EventName, id: number, data: object): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

export const eventsAfter = (cursor: Cursor, snapshot: Snapshot): Batch => {
  const texts: string[] = [];
  let [seq, length] = [cursor.seq, 0];
  const say = (name: EventName, data: object): void => {
    const text = eventText(name, seq, data);
    texts.push(text);
    length += text.length;
  };
  if (cursor.gap !== undefined) say("gap", cursor.gap);
  const unheard = snapshot.records.filter((record) => record.seq > cursor.seq).toReversed();
  for (const record of unheard) {
    if (length >= MOST_BATCH_CHARACTERS)
      return { text: texts.join(""), cursor: { ...cursor, gap: undefined, seq }, isCut: true };
    ({ seq } = record);
    say("ledger", record);
  }
  // Behind the lines, whose number is their id: who has heard these has heard all lines up to it.
  const state = JSON.stringify(snapshot.state);
  if (state !== cursor.state) say("state", snapshot.state);
  const verdict = JSON.stringify(snapshot.verdict ?? "");
  if (verdict !== cursor.verdict && snapshot.verdict !== undefined)
    say("verdict", snapshot.verdict);
  const actions = new Map(snapshot.actions.map((action) => [action.id, action.state]));
  for (const action of snapshot.actions)
    if (cursor.actions.get(action.id) !== action.state) say("action", action);
  return {
    text: texts.join(""),
    cursor: { seq, gap: undefined, state, verdict, actions },
    isCut: false,
  };
};
