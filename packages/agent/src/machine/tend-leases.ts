/**
 * What is to be said to lock servers: asked where a lease is needed, told where one is needed no longer. It goes by where the node is and not by how it came
 * there, so that no way out of a restart can forget to give back what it took.
 */
import type { Failure } from "../errors.ts";
import type { LeaseEffect } from "./effect.ts";
import {
  isSameServer,
  type Lease,
  leaseOf,
  type Leases,
  type LockServer,
  MOST_LEASES,
} from "./lease.ts";
import { type LeaseNeed, leaseNeed } from "./lease-need.ts";
import type { Situation } from "./situation.ts";
import type { State } from "./state.ts";
import { isDue, leaseRetryAt } from "./time.ts";

/** So often in vain, and one that the settings name no longer is taken to be gone: about three days. */
export const MOST_RETURNS = 400;

export interface Tended {
  readonly leases: Leases;
  /** What the leases already tell of. */
  readonly effect?: LeaseEffect;
}

/** What a lock server answered. */
export type LeaseAnswer =
  | { readonly kind: "done" }
  | (Failure & {
      readonly kind: "failed";
      /** The server wants to be left alone for so long. */
      readonly retryAfterSeconds?: number;
    });

const anew = (
  server: LockServer,
  standing: "asked" | "returning",
  { nowMs }: Situation,
): Lease => ({ server, standing, failures: 0, retryAtMs: nowMs });

const asNeeded = (need: LeaseNeed, lease: Lease, situation: Situation): Lease => {
  const isWanted = need === "take" && isSameServer(lease.server, situation.settings.lockServer);
  // Whoever took it back half asks anew: servers count a node once, however often it asks.
  if (isWanted)
    return lease.standing === "returning" ? anew(lease.server, "asked", situation) : lease;
  return lease.standing === "returning" ? lease : anew(lease.server, "returning", situation);
};

/** Once a boot the server is told although nothing is known of a lease: the journal that knew may be lost. */
const isUntold = ({ leases: { told }, settings, observed }: Situation): boolean =>
  settings.strategy === "lock" &&
  (told?.bootId !== observed.bootId || !isSameServer(told, settings.lockServer));

/** Each lease as it has to be here, the one that is waited for before the others. */
const due = (state: State, situation: Situation): readonly Lease[] | undefined => {
  const need = leaseNeed(state, situation);
  if (need === "keep") return undefined;
  const { leases, settings } = situation;
  const { lockServer } = settings;
  const known = leases.list.map((lease) => asNeeded(need, lease, situation));
  if (lockServer === undefined) return known;
  const own = leaseOf({ list: known }, lockServer);
  const others = known.filter((lease) => lease !== own);
  if (own !== undefined) return [own, ...others];
  if (need === "take") return [anew(lockServer, "asked", situation), ...others];
  return isUntold(situation) ? [anew(lockServer, "returning", situation), ...others] : others;
};

/** When the leases want to be looked at: milliseconds since 1970, Infinity where nothing is to be said. */
export const tendAt = (state: State, situation: Situation): number =>
  Math.min(
    ...(due(state, situation) ?? [])
      .filter(({ standing }) => standing !== "held")
      .map(({ retryAtMs }) => retryAtMs),
  );

/** The next thing to be said, if there is one. It counts as having failed until an answer is heard: one that ends the agent is not made for ever. */
export const tend = (state: State, situation: Situation): Tended => {
  const list = due(state, situation)?.slice(0, MOST_LEASES);
  if (list === undefined) return { leases: situation.leases };
  const next = list.find(
    ({ standing, retryAtMs }) => standing !== "held" && isDue(retryAtMs, situation),
  );
  if (next === undefined) return { leases: { ...situation.leases, list } };
  const failures = next.failures + 1;
  const tried: Lease = { ...next, failures, retryAtMs: leaseRetryAt(situation, failures) };
  return {
    leases: { ...situation.leases, list: list.map((lease) => (lease === next ? tried : lease)) },
    effect: {
      kind: next.standing === "asked" ? "take-lease" : "return-lease",
      server: next.server,
    },
  };
};

const afterFailure = (
  lease: Lease,
  { code, message, hint, retryAfterSeconds }: Extract<LeaseAnswer, { readonly kind: "failed" }>,
  situation: Situation,
): Lease | undefined => {
  const isGone =
    lease.standing === "returning" &&
    lease.failures >= MOST_RETURNS &&
    !isSameServer(lease.server, situation.settings.lockServer);
  if (isGone) return undefined;
  return {
    ...lease,
    retryAtMs: leaseRetryAt(situation, lease.failures, retryAfterSeconds),
    failure: { code, message, ...(hint === undefined ? {} : { hint }) },
  };
};

/** What follows from an answer. */
export const heard = (
  { kind, server }: LeaseEffect,
  answer: LeaseAnswer,
  situation: Situation,
): Leases => {
  const { leases, observed, nowMs } = situation;
  const replace = (lease: Lease | undefined): readonly Lease[] =>
    leases.list.flatMap((one) =>
      isSameServer(one.server, server) ? (lease === undefined ? [] : [lease]) : [one],
    );
  if (answer.kind === "failed") {
    const lease = leaseOf(leases, server);
    return lease === undefined
      ? leases
      : { ...leases, list: replace(afterFailure(lease, answer, situation)) };
  }
  return kind === "take-lease"
    ? { ...leases, list: replace({ server, standing: "held", failures: 0, retryAtMs: nowMs }) }
    : { list: replace(undefined), told: { ...server, bootId: observed.bootId } };
};
