/** What `status --json` says. The names are a contract; new ones may come. Pure. */
import { findingLine } from "../../config/finding.ts";
import type { Failure } from "../../errors.ts";
import type { Lease, LockServer } from "../../machine/lease.ts";
import type { State } from "../../machine/state.ts";
import { withoutPassword } from "../../support/redact.ts";
import type { Look, TaskProgress } from "../agent.ts";
import { blockersOf, failureOf, type Why } from "./why.ts";

interface Release {
  readonly version: string;
  readonly roothash: string;
}

export interface StateLine {
  readonly kind: State["kind"];
  /** When it is looked at again at the latest: seconds since 1970. */
  readonly until?: number;
  readonly release?: Release;
  readonly phase?: string;
  /** How often it was tried before. */
  readonly attempts?: number;
  readonly failure?: Failure;
}

export interface LeaseLine extends LockServer {
  /** `asked`, `held`, or `returning`: the server has not heard yet that it is over. */
  readonly standing: Lease["standing"];
  /** When it is asked, or told, again: seconds since 1970. */
  readonly triedAgainAt?: number;
  readonly failure?: Failure;
}

export interface StatusDocument {
  readonly schema: 1;
  readonly image: string;
  readonly architecture: string;
  readonly booted: Release & {
    readonly slot: "a" | "b";
    /** `good`, `probation` (not blessed yet), `bad`, or `unproven`: the loader did not start what runs. */
    readonly standing: "good" | "probation" | "bad" | "unproven";
    /** Since when the node runs it: seconds since 1970. */
    readonly since?: number;
  };
  readonly degraded: readonly string[];
  readonly state: StateLine;
  readonly staged?: Release;
  readonly rollback:
    | ({
        readonly kind: "reaches";
        /** It is below what this node has blessed: only with --accept-epoch of this number. */
        readonly acceptEpoch?: number;
      } & Release)
    | ({ readonly kind: "none" } & Failure);
  readonly pin?: { readonly version: string; readonly reason?: string; readonly since: number };
  readonly pause?: { readonly reason?: string; readonly since: number };
  readonly forbidden: readonly (Release & { readonly reason: string; readonly since: number })[];
  readonly lastCheck?: {
    readonly at: number;
    /** Where it failed: when the repository answered at last, if it ever did. */
    readonly heardAt?: number;
    readonly answer: "offer" | "none" | "failed";
    readonly release?: Release;
  };
  /** The first thing that keeps the node from something newer. */
  readonly why?: Why;
  readonly progress?: TaskProgress;
  /** What lock servers may count this node as having; absent where that is nothing. */
  readonly leases?: readonly LeaseLine[];
  readonly settings: {
    readonly repository: readonly string[];
    readonly channel: string;
    readonly pollSeconds: number;
    readonly strategy: string;
    readonly stage: string;
    /** With the strategy `window` alone, and so is `timeZone`. */
    readonly windows?: readonly string[];
    readonly timeZone?: string;
    /** With the strategy `lock` alone. */
    readonly lock?: LockServer;
    readonly group?: string;
  };
  readonly floor: number;
  /** What is wrong with the settings, the ledger, or a lock server that does not take a lease back: a line each. */
  readonly problems: readonly string[];
}

const refOf = ({ version, roothash }: Release): Release => ({ version, roothash });

const seconds = (ms: number): number => Math.floor(ms / 1000);

const trouble = ({ failure }: { readonly failure?: Failure }): { readonly failure?: Failure } =>
  failure === undefined ? {} : { failure: failureOf(failure) };

export const stateLine = (state: State): StateLine => {
  const { kind } = state;
  switch (kind) {
    case "init":
      return { kind };
    case "steady":
      return { kind, until: seconds(state.polling.checkAtMs), ...trouble(state.polling) };
    case "waiting":
      return {
        kind,
        until: seconds(state.polling.checkAtMs),
        release: refOf(state.release),
        ...trouble(state.polling),
      };
    case "fetching":
      return {
        kind,
        until: seconds(state.giveUpAtMs),
        release: refOf(state.release),
        attempts: state.attempts,
        ...trouble(state),
      };
    case "staged":
      return {
        kind,
        until: seconds(state.polling.checkAtMs),
        release: refOf(state.release),
        attempts: state.attempts,
        ...trouble(state),
      };
    case "finalizing":
      return {
        kind,
        until: seconds(state.retryAtMs),
        release: refOf(state.release),
        phase: state.phase,
        attempts: state.attempts,
      };
    case "rolling-back":
      return {
        kind,
        until: seconds(state.retryAtMs),
        release: refOf(state.target),
        phase: state.phase,
        attempts: state.attempts,
        ...trouble(state),
      };
    case "probation":
      return { kind, until: seconds(state.deadlineMs), release: refOf(state.release) };
    case "held":
      return { kind, until: seconds(state.lookAtMs), failure: failureOf(state.failure) };
  }
};

const lastCheckOf = ({ lastCheck: last }: Look): StatusDocument["lastCheck"] => {
  if (last === undefined) return undefined;
  const { at, heardAt, answer } = last;
  return {
    at,
    ...(heardAt === undefined ? {} : { heardAt }),
    answer: answer.kind,
    ...(answer.kind === "offer" ? { release: refOf(answer.release) } : {}),
  };
};

const bootedOf = ({ observed, ledger }: Look): StatusDocument["booted"] => {
  const { booted } = observed;
  const since = ledger.current?.roothash === booted.roothash ? ledger.currentSince : undefined;
  return {
    ...refOf(booted),
    slot: booted.slot,
    standing: booted.standing === "counting" ? "probation" : booted.standing,
    ...(since === undefined ? {} : { since }),
  };
};

const leaseLine = (lease: Lease): LeaseLine => ({
  ...lease.server,
  standing: lease.standing,
  ...(lease.standing === "held" ? {} : { triedAgainAt: seconds(lease.retryAtMs) }),
  ...trouble(lease),
});

/** It is in the way of other nodes, and nobody looks for that there. */
const notReturned = ({ leases }: Look): readonly string[] =>
  leases.list
    .filter(({ standing, failure }) => standing === "returning" && failure !== undefined)
    .map(
      ({ server, failure }) =>
        `the lease of group ${server.group} is not given back, and is tried again: ${failure?.message ?? ""}`,
    );

export const statusDocument = (look: Look): StatusDocument => {
  const { observed, ledger, config, rollback, progress } = look;
  const { settings } = config;
  const { other } = observed;
  const [[why], lastCheck] = [blockersOf(look), lastCheckOf(look)];
  return {
    schema: 1,
    image: look.image,
    architecture: look.architecture,
    booted: bootedOf(look),
    degraded: observed.degraded,
    state: stateLine(look.state),
    ...(other.standing === "staged" && other.release !== undefined
      ? { staged: refOf(other.release) }
      : {}),
    rollback:
      rollback.kind === "release"
        ? {
            kind: "reaches",
            ...refOf(rollback.release),
            ...(rollback.acceptEpoch === undefined ? {} : { acceptEpoch: rollback.acceptEpoch }),
          }
        : { kind: "none", ...failureOf(rollback.why) },
    ...(ledger.pin === undefined ? {} : { pin: ledger.pin }),
    ...(ledger.pause === undefined ? {} : { pause: ledger.pause }),
    forbidden: [...ledger.forbidden.values()]
      .map(({ release, reason, since }) => ({ ...refOf(release), reason, since }))
      .toSorted((a, b) => b.since - a.since),
    ...(lastCheck === undefined ? {} : { lastCheck }),
    ...(why === undefined ? {} : { why }),
    ...(progress === undefined ? {} : { progress }),
    ...(look.leases.list.length === 0 ? {} : { leases: look.leases.list.map(leaseLine) }),
    settings: {
      // Status is mailed and pasted: a password in an address is not for that.
      repository: settings.repository.map(withoutPassword),
      channel: settings.channel,
      pollSeconds: settings.pollSeconds,
      strategy: settings.strategy,
      stage: settings.stage,
      ...(settings.strategy === "window"
        ? { windows: settings.windows.map(({ text }) => text), timeZone: settings.timeZone }
        : {}),
      ...(settings.strategy === "lock" && settings.lockServer !== undefined
        ? { lock: { address: settings.lockServer, group: settings.lockGroup } }
        : {}),
      ...(settings.group === undefined ? {} : { group: settings.group }),
    },
    floor: ledger.floor,
    problems: [...config.findings.map(findingLine), ...ledger.damage, ...notReturned(look)],
  };
};
