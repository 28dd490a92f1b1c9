/** A line's value from what was written by this agent, an older or a newer one. */
import {
  type Bounds,
  type Decoded,
  DIGEST,
  finish,
  gatherProblems,
  MOMENT,
  type ObjectReader,
  readObject,
  VERSION,
} from "@slipway/release";
import type { ReleaseRef } from "../machine/release.ts";
import type { Evidence, LedgerEntry, LedgerEntryKind, LedgerRecord } from "./entry.ts";
import { plainLine } from "./plain-text.ts";
import { readable } from "./readable.ts";

export const SEQUENCE: Bounds = { min: 1, max: Number.MAX_SAFE_INTEGER };
export const EPOCH: Bounds = { min: 0, max: 1_000_000 };
const MOST_TEXT = 800;
const TEXT = /^[^\p{Cc}\p{Cs}]{0,800}$/u;
const MOST_LINES = 64;

export const readRelease = (reader: ObjectReader): ReleaseRef => ({
  version: reader.string("version", VERSION),
  roothash: reader.string("roothash", DIGEST),
});

const release = (reader: ObjectReader, name = "release"): ReleaseRef =>
  readRelease(reader.object(name));

const isText = (value: unknown): value is string => typeof value === "string" && TEXT.test(value);

/** Why something was done is for people: whatever text a newer agent takes is made to fit, and anything else is none. */
export const readReason = (reader: ObjectReader): string =>
  reader.custom("reason", {
    is: "a text",
    standIn: "",
    // One that fits is kept to the letter: what a ledger amounts to is the same before and after its files turn.
    parse: (value) =>
      isText(value) ? value : typeof value === "string" ? plainLine(value, MOST_TEXT) : "",
  });

const reason = (reader: ObjectReader): { readonly reason?: string } =>
  reader.has("reason") ? { reason: readReason(reader) } : {};

const epoch = (reader: ObjectReader): { readonly securityEpoch?: number } =>
  reader.has("securityEpoch") ? { securityEpoch: reader.integer("securityEpoch", EPOCH) } : {};

const isLines = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= MOST_LINES && value.every(isText);

/** As much of what speaks for an ending as this agent can read: it is for people too, and what it speaks for stands without it. */
const evidence = (reader: ObjectReader): { readonly evidence?: Evidence } => {
  const found = readable(reader, "evidence", (inner) => ({
    source: inner.choice("source", ["verdict", "panic", "loader", "operator"]),
    lines: inner.custom<readonly string[]>("lines", {
      is: `at most ${MOST_LINES} lines of text`,
      standIn: [],
      parse: (value) => (isLines(value) ? value : undefined),
    }),
  }));
  return found === undefined ? {} : { evidence: found };
};

type Readers = {
  readonly [K in LedgerEntryKind]: (
    reader: ObjectReader,
  ) => Extract<LedgerEntry, { readonly kind: K }>;
};

const READERS: Readers = {
  installed: (r) => ({ kind: "installed", release: release(r), ...epoch(r) }),
  staged: (r) => ({
    kind: "staged",
    release: release(r),
    securityEpoch: r.integer("securityEpoch", EPOCH),
  }),
  dropped: (r) => ({ kind: "dropped", release: release(r), reason: readReason(r) }),
  finalized: (r) => ({ kind: "finalized", release: release(r), from: release(r, "from") }),
  good: (r) => ({ kind: "good", release: release(r), ...epoch(r) }),
  failed: (r) => ({
    kind: "failed",
    release: release(r),
    reason: readReason(r),
    ...evidence(r),
  }),
  "rolled-back": (r) => ({
    kind: "rolled-back",
    release: release(r),
    target: release(r, "target"),
    reason: readReason(r),
  }),
  switched: (r) => ({ kind: "switched", release: release(r), from: release(r, "from") }),
  "hooks-skipped": (r) => ({
    kind: "hooks-skipped",
    release: release(r),
    aheadOf: r.choice("aheadOf", ["stage", "finalize"]),
  }),
  "hooks-failed": (r) => ({ kind: "hooks-failed", release: release(r), reason: readReason(r) }),
  forgiven: (r) => ({ kind: "forgiven", release: release(r) }),
  pinned: (r) => ({ kind: "pinned", version: r.string("version", VERSION), ...reason(r) }),
  unpinned: () => ({ kind: "unpinned" }),
  paused: (r) => ({ kind: "paused", ...reason(r) }),
  resumed: () => ({ kind: "resumed" }),
};

const isKind = (kind: unknown): kind is LedgerEntryKind =>
  typeof kind === "string" && Object.hasOwn(READERS, kind);

/** The kind that a value says it is of, whether we know it or not. */
export const kindOf = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  return typeof value.kind === "string" ? value.kind : undefined;
};

/** The record that a value is; nothing where it is of a kind that a newer agent made up. */
export const decodeRecord = (value: unknown): Decoded<LedgerRecord | undefined> => {
  const kind = kindOf(value);
  if (!isKind(kind)) return { ok: true, value: undefined };
  const problems = gatherProblems();
  const reader = readObject(value, [], problems);
  const place = {
    seq: reader.integer("seq", SEQUENCE),
    at: reader.integer("at", MOMENT),
  };
  return finish({ ...READERS[kind](reader), ...place }, problems);
};
