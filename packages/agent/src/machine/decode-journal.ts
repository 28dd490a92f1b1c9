/** The journal as it is kept, and back. Unknown members are passed over: what a newer agent wrote is readable after a rollback. */
import {
  type Bounds,
  type Decoded,
  DIGEST,
  encodeCanonical,
  finish,
  gatherProblems,
  MOMENT,
  type ObjectReader,
  parseCanonical,
  readObject,
  readSchema,
  type Shape,
  VERSION,
} from "@slipway/release";
import type { Failure } from "../errors.ts";
import type { Blocker } from "./event.ts";
import type { Journal, LastCheck } from "./journal.ts";
import { type Lease, type Leases, LOCK_GROUP, type LockServer, MOST_LEASES } from "./lease.ts";
import type { OfferedRelease, ReleaseRef } from "./release.ts";
import { type Polling, type State, STATE_KINDS, type StateKind, type Taking } from "./state.ts";

/** Raised where an older agent must not go by what it finds. */
export const JOURNAL_SCHEMA = 1;

/** A journal is some hundred bytes; messages make it longer. */
export const MOST_JOURNAL_BYTES: number = 64 * 1024;

const TEXT: Shape = { pattern: /^[^\p{Cc}\p{Cs}]{0,4000}$/u, is: "one line of text" };
const CODE: Shape = { pattern: /^[A-Za-z0-9_-]{1,64}$/, is: "a code" };
const BOOT: Shape = { pattern: /^[0-9A-Za-z-]{1,64}$/, is: "an id of a boot" };
const WHERE: Shape = { pattern: /^[^\p{Cc}\p{Cs}]{1,4096}$/u, is: "a path or an address" };
const GROUP: Shape = { pattern: LOCK_GROUP, is: "a group of a lock server" };
const MILLISECONDS: Bounds = { min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 };
const COUNT: Bounds = { min: 0, max: 1_000_000 };

const readRef = (reader: ObjectReader): ReleaseRef => ({
  version: reader.string("version", VERSION),
  roothash: reader.string("roothash", DIGEST),
});

const readOffered = (reader: ObjectReader): OfferedRelease => ({
  ...readRef(reader),
  securityEpoch: reader.integer("securityEpoch", COUNT),
});

const readFailure = (reader: ObjectReader): Failure => ({
  code: reader.string("code", CODE),
  message: reader.string("message", TEXT),
  ...(reader.has("hint") ? { hint: reader.string("hint", TEXT) } : {}),
});

const readBlocker = (reader: ObjectReader): Blocker => ({
  ...readFailure(reader),
  ...(reader.has("version") ? { version: reader.string("version", VERSION) } : {}),
  ...(reader.has("clearsAt") ? { clearsAt: reader.integer("clearsAt", MOMENT) } : {}),
});

const failureIn = (reader: ObjectReader): { readonly failure?: Failure } =>
  reader.has("failure") ? { failure: readFailure(reader.object("failure")) } : {};

const readBoolean = (reader: ObjectReader, name: string): boolean =>
  reader.custom(name, {
    is: "true or false",
    standIn: false,
    parse: (value) => (typeof value === "boolean" ? value : undefined),
  });

const moment = (reader: ObjectReader, name: string): number => reader.integer(name, MILLISECONDS);
const attemptsIn = (reader: ObjectReader): number => reader.integer("attempts", COUNT);

const readPolling = (reader: ObjectReader): Polling => ({
  checkAtMs: moment(reader, "checkAtMs"),
  failures: reader.integer("failures", COUNT),
  ...failureIn(reader),
});

const readTaking = (reader: ObjectReader): Taking => ({
  release: readOffered(reader.object("release")),
  byHand: readBoolean(reader, "byHand"),
  ...(reader.has("from") ? { from: reader.string("from", WHERE) } : {}),
  ...(reader.has("skipHooks") && readBoolean(reader, "skipHooks") ? { skipHooks: true } : {}),
});

const postponedIn = (reader: ObjectReader): { readonly postponed?: number } =>
  reader.has("postponed") ? { postponed: reader.integer("postponed", COUNT) } : {};

type Readers = {
  readonly [K in StateKind]: (reader: ObjectReader) => Extract<State, { readonly kind: K }>;
};

const READERS: Readers = {
  init: () => ({ kind: "init" }),
  steady: (r) => ({ kind: "steady", polling: readPolling(r.object("polling")) }),
  waiting: (r) => ({
    kind: "waiting",
    release: readOffered(r.object("release")),
    polling: readPolling(r.object("polling")),
  }),
  fetching: (r) => ({
    kind: "fetching",
    ...readTaking(r),
    attempts: attemptsIn(r),
    retryAtMs: moment(r, "retryAtMs"),
    giveUpAtMs: moment(r, "giveUpAtMs"),
    ...failureIn(r),
  }),
  staged: (r) => ({
    kind: "staged",
    ...readTaking(r),
    polling: readPolling(r.object("polling")),
    attempts: attemptsIn(r),
    retryAtMs: moment(r, "retryAtMs"),
    ...postponedIn(r),
    ...(r.has("tookMs") ? { tookMs: moment(r, "tookMs") } : {}),
    ...failureIn(r),
  }),
  finalizing: (r) => ({
    kind: "finalizing",
    ...readTaking(r),
    phase: r.choice("phase", ["preflight", "activating", "rebooting"]),
    bootId: r.string("bootId", BOOT),
    attempts: attemptsIn(r),
    retryAtMs: moment(r, "retryAtMs"),
    ...postponedIn(r),
  }),
  "rolling-back": (r) => ({
    kind: "rolling-back",
    target: readRef(r.object("target")),
    from: readRef(r.object("from")),
    phase: r.choice("phase", ["renaming", "rebooting"]),
    bootId: r.string("bootId", BOOT),
    attempts: attemptsIn(r),
    retryAtMs: moment(r, "retryAtMs"),
    ...failureIn(r),
  }),
  probation: (r) => ({
    kind: "probation",
    release: readRef(r.object("release")),
    bootId: r.string("bootId", BOOT),
    sinceMs: moment(r, "sinceMs"),
    deadlineMs: moment(r, "deadlineMs"),
  }),
  held: (r) => ({
    kind: "held",
    failure: readFailure(r.object("failure")),
    lookAtMs: moment(r, "lookAtMs"),
  }),
};

const readState = (reader: ObjectReader): State => {
  const [first, ...others] = STATE_KINDS;
  return READERS[reader.choice("kind", [first ?? "init", ...others])](reader);
};

const readAnswer = (reader: ObjectReader): LastCheck["answer"] => {
  switch (reader.choice("kind", ["offer", "none", "failed"])) {
    case "offer":
      return {
        kind: "offer",
        release: readOffered(reader.object("release")),
        ...(reader.has("blocker") ? { blocker: readBlocker(reader.object("blocker")) } : {}),
      };
    case "none":
      return { kind: "none", blocker: readBlocker(reader.object("blocker")) };
    case "failed":
      return { kind: "failed", failure: readFailure(reader.object("failure")) };
  }
};

const readLastCheck = (reader: ObjectReader): LastCheck => ({
  at: reader.integer("at", MOMENT),
  ...(reader.has("heardAt") ? { heardAt: reader.integer("heardAt", MOMENT) } : {}),
  answer: readAnswer(reader.object("answer")),
});

const readServer = (reader: ObjectReader): LockServer => ({
  address: reader.string("address", WHERE),
  group: reader.string("group", GROUP),
});

const readLease = (reader: ObjectReader): Lease => ({
  server: readServer(reader.object("server")),
  standing: reader.choice("standing", ["returning", "asked", "held"]),
  failures: reader.integer("failures", COUNT),
  retryAtMs: moment(reader, "retryAtMs"),
  ...failureIn(reader),
});

const readTold = (reader: ObjectReader): NonNullable<Leases["told"]> => ({
  ...readServer(reader),
  bootId: reader.string("bootId", BOOT),
});

const readLeases = (reader: ObjectReader): Leases => ({
  list: reader.list("list", MOST_LEASES, readLease),
  ...(reader.has("told") ? { told: readTold(reader.object("told")) } : {}),
});

export const encodeJournal = (journal: Journal): Uint8Array =>
  Buffer.from(`${encodeCanonical({ schema: JOURNAL_SCHEMA, ...journal })}\n`);

/** The journal that was kept, or everything that is wrong with it; a newer schema is told before anything else. */
export const decodeJournal = (bytes: Uint8Array): Decoded<Journal> => {
  // The line's end is for people who look at the file.
  const json = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  const parsed = parseCanonical(json, { maxBytes: MOST_JOURNAL_BYTES, what: "the state" });
  if (!parsed.ok) return parsed;
  const schema = readSchema(parsed.value, JOURNAL_SCHEMA, "the state");
  if (schema.findings().length > 0) return { ok: false, findings: schema.findings() };
  const problems = gatherProblems();
  const reader = readObject(parsed.value, [], problems);
  return finish<Journal>(
    {
      state: readState(reader.object("state")),
      bootId: reader.string("bootId", BOOT),
      ...(reader.has("lastCheck") ? { lastCheck: readLastCheck(reader.object("lastCheck")) } : {}),
      ...(reader.has("leases") ? { leases: readLeases(reader.object("leases")) } : {}),
    },
    problems,
  );
};
