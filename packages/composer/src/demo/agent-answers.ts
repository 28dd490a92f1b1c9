/** What the agent on a node answers, as far as the story needs it. Pure. */
import { ComposerError } from "../errors.ts";

export interface AgentStatus {
  readonly state: string;
  /** Of the booted release. */
  readonly version: string;
  /** Whether the booted release has been blessed. */
  readonly blessed: boolean;
  /** The version that a rollback would reach. */
  readonly rollback: string | undefined;
  /** Versions that the node refuses, sorted. */
  readonly forbidden: readonly string[];
}

export interface AgentRecord {
  readonly kind: string;
  /** Seconds since 1970, by the node's clock at that time. */
  readonly at: number;
  /** The version that it is about, where it is about one. */
  readonly version: string | undefined;
  readonly reason: string | undefined;
}

/** @throws ComposerError `DEMO_FAILED` when it is no answer of `slipway-agent status --json`. */
export const parseStatus = (text: string): AgentStatus => {
  const answer = parse(text, "status");
  const booted = at(answer, "booted");
  return {
    state: word(at(at(answer, "state"), "kind"), text),
    version: word(at(booted, "version"), text),
    blessed: at(booted, "standing") === "good",
    rollback: optionalWord(at(at(answer, "rollback"), "version")),
    forbidden: list(at(answer, "forbidden"))
      .flatMap((one) => optionalWord(at(one, "version")) ?? [])
      .toSorted(),
  };
};

/** Oldest first. @throws ComposerError `DEMO_FAILED` when it is no answer of `slipway-agent history --json`. */
export const parseHistory = (text: string): readonly AgentRecord[] => {
  const records = list(at(parse(text, "history"), "records"));
  return records.toReversed().map((record) => ({
    kind: word(at(record, "kind"), text),
    at: seconds(at(record, "at"), text),
    version: optionalWord(at(at(record, "release"), "version")),
    reason: optionalWord(at(record, "reason")),
  }));
};

const parse = (text: string, verb: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ComposerError("DEMO_FAILED", `slipway-agent ${verb} --json answered: ${text}`, {
      cause,
    });
  }
};

const at = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const optionalWord = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

const lacking = (text: string): ComposerError =>
  new ComposerError("DEMO_FAILED", `the agent's answer lacks what the story asks: ${text}`);

const word = (value: unknown, text: string): string => {
  if (typeof value === "string") return value;
  throw lacking(text);
};

const seconds = (value: unknown, text: string): number => {
  if (typeof value === "number") return value;
  throw lacking(text);
};
