/** What can be asked for over the API, and how a body says it. Pure. */
import {
  type Bounds,
  type Decoded,
  finish,
  gatherProblems,
  type ObjectReader,
  type Problems,
  readObject,
  REASON,
  type Shape,
  VERSION,
} from "@slipway/release";

/** Each does what the verb of its name does. */
export const ACTION_NAMES = [
  "check",
  "update",
  "rollback",
  "pin",
  "unpin",
  "pause",
  "resume",
  "forgive",
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

export type Action =
  | { readonly kind: "check" }
  | {
      readonly kind: "update";
      readonly to?: string;
      readonly from?: string;
      /** Even while updates are paused. */
      readonly now: boolean;
    }
  | {
      readonly kind: "rollback";
      readonly to?: string;
      readonly reason?: string;
      readonly acceptEpoch?: number;
    }
  | { readonly kind: "pin"; readonly version?: string; readonly reason?: string }
  | { readonly kind: "unpin" }
  | { readonly kind: "pause"; readonly reason?: string }
  | { readonly kind: "resume" }
  | { readonly kind: "forgive"; readonly which: { readonly name: string } | "all" };

/** An action that takes minutes: the daemon's loop does it, behind the answer. */
export type SlowAction = Extract<Action, { readonly kind: "check" | "update" | "rollback" }>;
/** An action that is a line in the ledger. */
export type OrderAction = Exclude<Action, SlowAction>;

export const EPOCHS: Bounds = { min: 0, max: 1_000_000 };

export const SOURCE_PATH: Shape = {
  pattern: /^\/[^\p{Cc}\p{Cs}]{0,1023}$/u,
  is: "an absolute path of up to 1024 characters",
};

const version = (reader: ObjectReader): { readonly version?: string } =>
  reader.has("version") ? { version: reader.string("version", VERSION) } : {};

const to = (reader: ObjectReader): { readonly to?: string } =>
  reader.has("to") ? { to: reader.string("to", VERSION) } : {};

const from = (reader: ObjectReader): { readonly from?: string } =>
  reader.has("from") ? { from: reader.string("from", SOURCE_PATH) } : {};

const reason = (reader: ObjectReader): { readonly reason?: string } =>
  reader.has("reason") ? { reason: reader.string("reason", REASON) } : {};

const acceptEpoch = (reader: ObjectReader): { readonly acceptEpoch?: number } =>
  reader.has("acceptEpoch") ? { acceptEpoch: reader.integer("acceptEpoch", EPOCHS) } : {};

const isSet = (reader: ObjectReader, name: string): boolean =>
  reader.has(name) &&
  reader.custom(name, {
    is: "true or false",
    standIn: false,
    parse: (value) => (typeof value === "boolean" ? value : undefined),
  });

const forgiveOf = (reader: ObjectReader, problems: Problems): Action => {
  const { version: name } = version(reader);
  if ((name === undefined) !== isSet(reader, "all"))
    problems.error(
      "contradiction",
      [],
      "either a version or `all` belongs here",
      'send {"version": "…"} or {"all": true}',
    );
  return { kind: "forgive", which: name === undefined ? "all" : { name } };
};

type Readers = {
  readonly [K in ActionName]: {
    readonly members: readonly string[];
    readonly read: (reader: ObjectReader, problems: Problems) => Action;
  };
};

const READERS: Readers = {
  check: { members: [], read: () => ({ kind: "check" }) },
  update: {
    members: ["to", "from", "now"],
    read: (reader) => ({
      kind: "update",
      ...to(reader),
      ...from(reader),
      now: isSet(reader, "now"),
    }),
  },
  rollback: {
    members: ["to", "reason", "acceptEpoch"],
    read: (reader) => ({
      kind: "rollback",
      ...to(reader),
      ...reason(reader),
      ...acceptEpoch(reader),
    }),
  },
  pin: {
    members: ["version", "reason"],
    read: (reader) => ({ kind: "pin", ...version(reader), ...reason(reader) }),
  },
  unpin: { members: [], read: () => ({ kind: "unpin" }) },
  pause: {
    members: ["reason"],
    read: (reader) => ({ kind: "pause", ...reason(reader) }),
  },
  resume: { members: [], read: () => ({ kind: "resume" }) },
  forgive: { members: ["version", "all"], read: forgiveOf },
};

/** The action that a body asks for; a member that nobody knows is a slip, and refused. */
export const decodeAction = (name: ActionName, value: unknown): Decoded<Action> => {
  const problems = gatherProblems();
  const reader = readObject(value, [], problems);
  const { members, read } = READERS[name];
  const action = read(reader, problems);
  if (members.length > 0) reader.only(...members);
  else if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
    problems.error("unknown-member", [], `${name} takes no members`, "send {}");
  return finish(action, problems);
};
