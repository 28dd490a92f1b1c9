import type { MatchIndex } from "./match-index.ts";
import { indexMatches } from "./match-index.ts";

/** A stretch of new bytes that is much like one of the old bytes; where both differ, the difference is sent. */
export interface Alignment {
  readonly target: number;
  readonly source: number;
  readonly length: number;
}

/** How many bytes a match must say better than going on where we are. */
const WORTH_A_JUMP_BYTES = 8;

/** After so many equal bytes in a row nothing better is looked for until they end. */
const KEEP_ON_BYTES = 32;

/** After so many bytes without a match, the search goes on in steps. */
const PATIENCE_BYTES = 4096;
const MAX_STEP_BYTES = 4;

/**
 * Which stretches of `target` are much like stretches of `source`: in order of the target and without overlap. What none of
 * them covers is new. Follows Percival's bsdiff ("Naive differences of executable code", 2003): exact matches
 * are extended to both sides as long as at least half of the bytes agree.
 */
export const align = (source: Uint8Array, target: Uint8Array): readonly Alignment[] => {
  if (source.length === 0 || target.length === 0) return [];
  const longest = lazily(() => indexMatches(source));
  const found: Alignment[] = [];
  const push = (alignment: Alignment): void => {
    if (alignment.length > 0) found.push(alignment);
  };
  let current: Anchor = { target: 0, source: 0, length: 0 };
  for (;;) {
    const next = nextAnchor(longest, source, target, current);
    const until = next?.target ?? target.length;
    const forward = extendForward(source, target, current, until);
    if (next === undefined) {
      push({ target: current.target, source: current.source, length: forward });
      return found;
    }
    const backward = extendBackward(source, target, next, current.target);
    const overlap = current.target + forward - (next.target - backward);
    const kept = overlap > 0 ? bestSplit(source, target, current, next, forward, backward) : 0;
    const length = overlap > 0 ? forward - overlap + kept : forward;
    const back = overlap > 0 ? backward - kept : backward;
    push({ target: current.target, source: current.source, length });
    current = {
      target: next.target - back,
      source: next.source - back,
      length: next.length + back,
    };
  }
};

/** The start of an alignment, and how much of it is known to be equal. */
interface Anchor extends Alignment {}

const lazily = (make: () => MatchIndex): MatchIndex => {
  let made: MatchIndex | undefined;
  return (bytes, at) => (made ??= make())(bytes, at);
};

/** The next match that is clearly better than going on with the current alignment. */
const nextAnchor = (
  longest: MatchIndex,
  source: Uint8Array,
  target: Uint8Array,
  current: Anchor,
): Anchor | undefined => {
  const shift = current.source - current.target;
  let at = current.target + current.length;
  let lastUseful = at;
  while (at < target.length) {
    const run = equalRun(source, target, at, shift);
    if (run >= KEEP_ON_BYTES) {
      at += run;
      lastUseful = at;
      continue;
    }
    const match = longest(target, at);
    if (match.length > WORTH_A_JUMP_BYTES) {
      lastUseful = at;
      if (differences(source, target, at, shift, match.length) > WORTH_A_JUMP_BYTES) {
        return { target: at, source: match.start, length: match.length };
      }
    }
    at += 1 + Math.min(MAX_STEP_BYTES - 1, Math.floor((at - lastUseful) / PATIENCE_BYTES));
  }
  return undefined;
};

/** How many bytes from here on are equal to those of the source at this shift. */
const equalRun = (source: Uint8Array, target: Uint8Array, at: number, shift: number): number => {
  const end = Math.min(target.length, source.length - shift);
  let i = at;
  while (i < end && source[i + shift] === target[i]) i++;
  return i - at;
};

/** How many of `length` bytes differ from those at this shift; stops counting once they are too many. */
const differences = (
  source: Uint8Array,
  target: Uint8Array,
  at: number,
  shift: number,
  length: number,
): number => {
  let count = 0;
  for (let i = at; i < at + length && count <= WORTH_A_JUMP_BYTES; i++) {
    if (source[i + shift] !== target[i]) count++;
  }
  return count;
};

/** How far an alignment is worth going on: where most of its bytes agree, each that does not weighing as one that does. */
const extendForward = (
  source: Uint8Array,
  target: Uint8Array,
  from: Anchor,
  until: number,
): number => {
  const end = Math.min(until - from.target, source.length - from.source);
  let [score, best, length] = [0, 0, 0];
  for (let i = 0; i < end; i++) {
    score += source[from.source + i] === target[from.target + i] ? 1 : -1;
    if (score > best) [best, length] = [score, i + 1];
  }
  return length;
};

const extendBackward = (
  source: Uint8Array,
  target: Uint8Array,
  from: Anchor,
  until: number,
): number => {
  const end = Math.min(from.target - until, from.source);
  let [score, best, length] = [0, 0, 0];
  for (let i = 1; i <= end; i++) {
    score += source[from.source - i] === target[from.target - i] ? 1 : -1;
    if (score > best) [best, length] = [score, i];
  }
  return length;
};

/** Of bytes that two alignments both claim, how many the first should keep. */
const bestSplit = (
  source: Uint8Array,
  target: Uint8Array,
  first: Anchor,
  second: Anchor,
  forward: number,
  backward: number,
): number => {
  const start = second.target - backward;
  const end = first.target + forward;
  const shiftOfFirst = first.source - first.target;
  const shiftOfSecond = second.source - second.target;
  let [score, best, kept] = [0, 0, 0];
  for (let i = start; i < end; i++) {
    if (source[i + shiftOfFirst] === target[i]) score++;
    if (source[i + shiftOfSecond] === target[i]) score--;
    if (score > best) [best, kept] = [score, i + 1 - start];
  }
  return kept;
};
