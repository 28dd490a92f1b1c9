/** The documents of the API, as JSON Schema. Tests hold every real answer against them. Pure. */
import { type ActionName, EPOCHS } from "./action.ts";
import { STATE_KINDS } from "../machine/state.ts";
import {
  answered,
  ANY_MOMENT,
  asked,
  COUNT,
  described,
  listOf,
  MOMENT,
  oneOf,
  pattern,
  ref,
  type Schema,
  SCHEMA_1,
  TEXT,
  YES,
} from "./schema.ts";

const VERSION = pattern(
  "^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$",
  "A version, in the order of UAPI.10.",
);
const REASON = { type: "string", minLength: 1, maxLength: 500 };
const EPOCH = { type: "integer", minimum: EPOCHS.min, maximum: EPOCHS.max };

const release = { version: TEXT, roothash: pattern("^[0-9a-f]{64}$", "The dm-verity root hash.") };
const failure = { code: TEXT, message: TEXT };
const hint = { hint: TEXT };

/** A line of the ledger of one kind. */
const line = (
  kind: string,
  required: Readonly<Record<string, Schema>> = {},
  optional: Readonly<Record<string, Schema>> = {},
): Schema => answered({ kind: { const: kind }, seq: COUNT, at: MOMENT, ...required }, optional);

const RELEASE = { release: ref("Release") };
const FROM = { from: ref("Release") };
const WHY_SO = { reason: TEXT };

const LINES: readonly Schema[] = [
  line("installed", RELEASE, { securityEpoch: EPOCH }),
  line("staged", { ...RELEASE, securityEpoch: EPOCH }),
  line("dropped", { ...RELEASE, ...WHY_SO }),
  line("finalized", { ...RELEASE, ...FROM }),
  line("good", RELEASE, { securityEpoch: EPOCH }),
  line("failed", { ...RELEASE, ...WHY_SO }, { evidence: ref("Evidence") }),
  line("rolled-back", { ...RELEASE, target: ref("Release"), ...WHY_SO }),
  line("switched", { ...RELEASE, ...FROM }),
  line("hooks-skipped", { ...RELEASE, aheadOf: oneOf("stage", "finalize") }),
  line("hooks-failed", { ...RELEASE, ...WHY_SO }),
  line("forgiven", RELEASE),
  line("pinned", { version: TEXT }, WHY_SO),
  line("unpinned"),
  line("paused", {}, WHY_SO),
  line("resumed"),
];

/** What an order wrote, before the ledger gave it its number and moment. */
const WRITTEN: readonly Schema[] = [
  answered({ kind: { const: "pinned" }, version: TEXT }, WHY_SO),
  answered({ kind: oneOf("unpinned", "resumed") }),
  answered({ kind: { const: "paused" } }, WHY_SO),
  answered({ kind: { const: "forgiven" }, ...RELEASE }),
];

const STATUS: Schema = answered(
  {
    schema: SCHEMA_1,
    image: TEXT,
    architecture: oneOf("x86_64", "aarch64"),
    booted: answered(
      {
        ...release,
        slot: oneOf("a", "b"),
        standing: oneOf("good", "probation", "bad", "unproven"),
      },
      { since: MOMENT },
    ),
    degraded: listOf(TEXT),
    state: ref("State"),
    rollback: {
      oneOf: [
        answered({ kind: { const: "reaches" }, ...release }, { acceptEpoch: EPOCH }),
        answered({ kind: { const: "none" }, ...failure }, hint),
      ],
    },
    forbidden: listOf(answered({ ...release, reason: TEXT, since: MOMENT })),
    settings: answered(
      {
        repository: listOf(TEXT),
        channel: TEXT,
        pollSeconds: COUNT,
        strategy: TEXT,
        stage: TEXT,
      },
      { windows: listOf(TEXT), timeZone: TEXT, group: TEXT },
    ),
    floor: described(COUNT, "The lowest security epoch that the node still takes."),
    problems: listOf(TEXT),
  },
  {
    staged: ref("Release"),
    pin: answered({ version: TEXT, since: MOMENT }, WHY_SO),
    pause: answered({ since: MOMENT }, WHY_SO),
    lastCheck: answered(
      { at: MOMENT, answer: oneOf("offer", "none", "failed") },
      { heardAt: MOMENT, ...RELEASE },
    ),
    why: ref("Why"),
    progress: answered({ task: TEXT, message: TEXT }, { doneBytes: COUNT, totalBytes: COUNT }),
  },
);

const VERDICT: Schema = answered({
  verdict: oneOf("good", "bad", "unproven"),
  reason: TEXT,
  ...release,
  bootId: TEXT,
  at: MOMENT,
  readBytes: COUNT,
  checks: listOf(
    answered({
      name: TEXT,
      level: oneOf("required", "wanted"),
      outcome: oneOf("passed", "failed", "unfinished"),
      tries: COUNT,
      milliseconds: { type: "number", minimum: 0 },
      seen: TEXT,
      output: listOf(TEXT),
    }),
  ),
  failedUnits: listOf(answered({ unit: TEXT, journal: listOf(TEXT) })),
});

const CONFIG: Schema = answered({
  schema: SCHEMA_1,
  settings: described(
    {
      type: "object",
      additionalProperties: {
        oneOf: [TEXT, { type: "number" }, YES, listOf(TEXT)],
      },
    },
    "Every setting that is set, or has a default, by its key.",
  ),
  origins: described(
    { type: "object", additionalProperties: TEXT },
    "For each of them `FILE:LINE`, or `default`.",
  ),
  files: listOf(TEXT),
  findings: listOf(
    answered(
      { severity: oneOf("error", "warning"), file: TEXT, message: TEXT },
      { line: COUNT, column: COUNT, hint: TEXT },
    ),
  ),
});

const ACTION_RECORD: Schema = answered(
  {
    id: pattern("^[0-9a-f]{16}$", "Of this action alone."),
    action: oneOf("check", "update", "rollback"),
    state: oneOf("waiting", "running", "done"),
    askedAt: MOMENT,
  },
  {
    answer: answered(
      {
        outcome: oneOf("restarting", "nothing", "staged", "later", "failed", "offered"),
        message: TEXT,
      },
      { failure: ref("Failure") },
    ),
  },
);

/** By the names that they have in the document. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Release: answered(release),
  Failure: answered(failure, hint),
  Problem: described(
    answered({ schema: SCHEMA_1, ...failure }, hint),
    "Why something was not done: a stable code, what is the matter, and what to do about it.",
  ),
  State: answered(
    { kind: oneOf(...STATE_KINDS) },
    {
      until: described(ANY_MOMENT, "When it is looked at again at the latest: seconds since 1970."),
      ...RELEASE,
      phase: TEXT,
      attempts: COUNT,
      failure: ref("Failure"),
    },
  ),
  Why: answered(failure, {
    ...hint,
    version: TEXT,
    clearsAt: ANY_MOMENT,
    triedAgainAt: ANY_MOMENT,
  }),
  Evidence: answered({
    source: oneOf("verdict", "panic", "loader", "operator"),
    lines: listOf(TEXT),
  }),
  LedgerLine: { oneOf: LINES },
  Verdict: VERDICT,
  ActionRecord: ACTION_RECORD,
  Status: STATUS,
  WhyDocument: answered({ schema: SCHEMA_1, state: ref("State"), why: listOf(ref("Why")) }),
  History: answered({
    schema: SCHEMA_1,
    records: listOf(ref("LedgerLine")),
    damage: listOf(TEXT),
  }),
  Health: answered({ schema: SCHEMA_1, problems: listOf(TEXT) }, { verdict: ref("Verdict") }),
  Config: CONFIG,
  Actions: answered({ schema: SCHEMA_1, actions: listOf(ref("ActionRecord")) }),
  Accepted: answered({ schema: SCHEMA_1, accepted: ref("ActionRecord") }),
  Recorded: answered({ schema: SCHEMA_1, recorded: listOf({ oneOf: WRITTEN }) }),
  OpenApi: { type: "object", required: ["openapi", "info", "paths", "components"] },
};

/** What each action takes. */
export const BODIES: Readonly<Record<ActionName, Schema>> = {
  check: asked({}),
  update: asked({
    to: VERSION,
    from: { type: "string", pattern: "^/", maxLength: 1024 },
    now: YES,
  }),
  rollback: asked({ to: VERSION, reason: REASON, acceptEpoch: EPOCH }),
  pin: asked({ version: VERSION, reason: REASON }),
  unpin: asked({}),
  pause: asked({ reason: REASON }),
  resume: asked({}),
  forgive: asked(
    { version: VERSION, all: YES },
    {
      oneOf: [
        { required: ["version"], properties: { all: { const: false } } },
        { required: ["all"], properties: { all: { const: true }, version: false } },
      ],
    },
  ),
};
