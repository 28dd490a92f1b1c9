/**
 * FleetLock, as Zincati speaks it: what is sent to a lock server, and what its answer means. Pure.
 * https://coreos.github.io/zincati/development/fleetlock/protocol/
 */
import type { LeaseOutcome } from "../engine/ports.ts";
import type { Failure } from "../errors.ts";
import { plainLine } from "../ledger/plain-text.ts";
import type { LeaseEffect } from "../machine/effect.ts";

export interface LockRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LockAnswer {
  readonly status: number;
  /** The header of that name. */
  readonly retryAfter: string | undefined;
  /** As far as it was read. */
  readonly body: string;
}

/** What a server may say at length; more than that is not read. */
export const MOST_ANSWER_BYTES: number = 16 * 1024;
const MOST_SAID = 300;

const PATHS = { "take-lease": "v1/pre-reboot", "return-lease": "v1/steady-state" } as const;

export const requestOf = ({ kind, server }: LeaseEffect, id: string): LockRequest => ({
  url: `${server.address}/${PATHS[kind]}`,
  headers: { "fleet-lock-protocol": "true", "content-type": "application/json" },
  body: JSON.stringify({ client_params: { id, group: server.group } }),
});

interface Said {
  readonly kind: string;
  readonly value: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the protocol wants a server to say that refuses; proxies before it say something else. */
const saidIn = (body: string): Said | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    if (!isRecord(value)) return undefined;
    const { kind, value: text } = value;
    if (typeof kind !== "string" || typeof text !== "string") return undefined;
    return { kind: plainLine(kind, 64), value: plainLine(text, MOST_SAID) };
  } catch {
    return undefined;
  }
};

const DAY_SECONDS = 86_400;

/** In seconds, or a date (RFC 9110, 10.2.3); nothing where it is neither. */
const retryAfterIn = (text: string | undefined, nowMs: number): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), DAY_SECONDS);
  const atMs = /^[A-Za-z0-9 ,:-]{10,64}$/.test(text) ? Date.parse(text) : Number.NaN;
  return atMs > nowMs ? Math.min(Math.ceil((atMs - nowMs) / 1000), DAY_SECONDS) : undefined;
};

const HELD = "failed_lock";
const CONFLICT = 409;

const refusalOf = (
  { kind, server }: LeaseEffect,
  status: number,
  said: Said | undefined,
): Failure => {
  const words =
    said === undefined ? `it answers ${status}` : `${said.value} (${said.kind}, ${status})`;
  const isHeld = kind === "take-lease" && (said?.kind === HELD || status === CONFLICT);
  return isHeld
    ? {
        code: "LOCK_HELD",
        message: `${server.address} has no lease for group ${server.group} now: ${words}`,
        hint: "wait until the others are back; `slipway-agent update` waits for none",
      }
    : {
        code: "LOCK_REFUSED",
        message: `${server.address} refuses this node of group ${server.group}: ${words}`,
        hint: "see the log of the lock server, and whether it knows `lock_group`; `slipway-agent update` waits for none",
      };
};

/** @param nowMs by which a date is measured that the server names */
export const outcomeOf = (
  effect: LeaseEffect,
  { status, retryAfter, body }: LockAnswer,
  nowMs: number,
): LeaseOutcome => {
  if (status >= 200 && status < 300) return { kind: "done" };
  const retryAfterSeconds = retryAfterIn(retryAfter, nowMs);
  return {
    kind: "failed",
    ...refusalOf(effect, status, saidIn(body)),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
};

export const unreachable = ({ server }: LeaseEffect, reason: string): LeaseOutcome => ({
  kind: "failed",
  code: "LOCK_UNREACHABLE",
  message: `${server.address} gives no answer: ${plainLine(reason, MOST_SAID)}`,
  hint: "see whether `lock_server` is right, and the server runs; `slipway-agent update` waits for none",
});
