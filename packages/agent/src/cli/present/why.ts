/** What keeps a node from something newer: everything that is known of it without asking anybody. Pure. */
import { findingLine } from "../../config/finding.ts";
import { machineSettings } from "../../config/machine-settings.ts";
import { isUsable } from "../../config/config.ts";
import { because, type Failure } from "../../errors.ts";
import { gateOpensAt, takeBlocker } from "../../machine/guards.ts";
import { leaseOf } from "../../machine/lease.ts";
import type { Blocker } from "../../machine/event.ts";
import type { Staged } from "../../machine/state.ts";
import { MINUTE } from "../../machine/time.ts";
import { SESSIONS } from "../../sessions/session.ts";
import { stateRefusal } from "../../tasks/room.ts";
import type { Look } from "../agent.ts";

/** The codes are stable: those of failures in capitals, those of the repository's rules in small letters. */
export interface Why extends Failure {
  /** The release that it keeps away. */
  readonly version?: string;
  /** When it clears by itself, in seconds since 1970; absent where somebody has to do something. */
  readonly clearsAt?: number;
  /** Of what failed: when it is tried again, in seconds since 1970, whatever comes of that. */
  readonly triedAgainAt?: number;
}

/** Without what an error may have beside these. */
export const failureOf = ({ code, message, hint }: Failure): Failure => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

const triedAgain = (atMs: number, { now }: Look): Pick<Why, "triedAgainAt"> =>
  atMs > now * 1000 ? { triedAgainAt: inSeconds(atMs) } : {};

const inSeconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** The node itself: its releases, its disk, its settings. */
const ownBlockers = (look: Look): readonly Why[] => {
  const { state, config } = look;
  const found: Why[] = [];
  if (state.kind === "held") found.push(failureOf(state.failure));
  // Looked at now: an agent that cannot write cannot keep this for later either.
  const full = stateRefusal(look);
  if (full !== undefined) found.push(failureOf(full));
  if (state.kind === "probation")
    found.push({
      code: "ON_PROBATION",
      message: `release ${state.release.version} is on probation, and nothing is written before it is judged`,
      hint: "slipway-agent health",
      clearsAt: inSeconds(state.deadlineMs),
    });
  const wrong = config.findings.find(({ severity }) => severity === "error");
  if (wrong !== undefined)
    found.push({
      code: "SETTINGS_WRONG",
      message: `the settings have an error, and nothing is taken but by hand: ${findingLine(wrong)}`,
      hint: "mend the file; `slipway-agent config show` reads it anew",
    });
  if (config.settings.repository.length === 0)
    found.push({
      code: "NO_REPOSITORY",
      message: "no repository is set, so this node looks for no releases",
      hint: "set `repository` in a file of /etc/slipway/agent.d, or under image.update when the image is built",
    });
  return found;
};

/** What its operator has said. */
const orders = ({ ledger, observed }: Look): readonly Why[] => [
  ...(ledger.pause === undefined
    ? []
    : [
        {
          code: "PAUSED",
          message: `updates are paused${because(ledger.pause.reason)}`,
          hint: "slipway-agent resume, or slipway-agent update --now",
        },
      ]),
  // A pin to another release is the way to that one.
  ...(ledger.pin === undefined || ledger.pin.version !== observed.booted.version
    ? []
    : [
        {
          code: "PINNED",
          message: `this node is pinned to ${ledger.pin.version}, which it runs${because(ledger.pin.reason)}`,
          hint: "slipway-agent unpin",
        },
      ]),
];

/** What its lock server said last, for as long as this node waits for it. */
const withoutLease = (version: string, look: Look): Why => {
  const { lockServer } = machineSettings(look.config, look.nodeId);
  const lease = leaseOf(look.leases, lockServer);
  const isAsked = lease?.standing === "asked";
  return isAsked && lease.failure !== undefined
    ? { ...failureOf(lease.failure), version, ...triedAgain(lease.retryAtMs, look) }
    : {
        code: "LOCK_NOT_ASKED",
        message: `release ${version} waits for a lease, and ${lockServer?.address ?? "its lock server"} has not answered yet`,
        hint: "`slipway-agent update` does not wait for it",
        version,
        ...(isAsked ? triedAgain(lease.retryAtMs, look) : {}),
      };
};

const withoutWindow = (version: string, opensAtMs: number, { config }: Look): Why => ({
  code: "WINDOW_CLOSED",
  message: `release ${version} waits for a window (${config.settings.timeZone}): ${config.settings.windows.map(({ text }) => text).join("; ")}`,
  hint: "`slipway-agent update --now` does not wait for it",
  version,
  ...(opensAtMs === Infinity ? {} : { clearsAt: inSeconds(opensAtMs) }),
});

/** What keeps a release that this node has, or could take, from being booted. */
const closedGate = (look: Look): readonly Why[] => {
  const { state, ledger, leases, config, now } = look;
  if (state.kind !== "staged" && state.kind !== "waiting") return [];
  // An error of the settings closes it too, and is told already; so is a pause.
  if (!isUsable(config)) return [];
  const settings = machineSettings(config, look.nodeId);
  const { version } = state.release;
  const opensAtMs = gateOpensAt(
    { byHand: state.kind === "staged" && state.byHand },
    { nowMs: now * 1000, ledger: { ...ledger, pause: undefined }, leases, settings },
  );
  if (opensAtMs <= now * 1000) return [];
  switch (settings.strategy) {
    // With a gate that is always open, nothing comes here.
    case "immediate":
      return [];
    case "window":
      return [withoutWindow(version, opensAtMs, look)];
    case "lock":
      // After a failure none is asked for before the next attempt.
      return state.kind === "staged" && state.retryAtMs > now * 1000
        ? []
        : [withoutLease(version, look)];
    case "manual":
      return [
        {
          code: "MANUAL",
          message: `release ${version} is there, and the strategy is manual`,
          hint: "slipway-agent update",
          version,
        },
      ];
  }
};

/** A restart that waits for people comes when they are gone, and by then whatever they do. */
const waitsForPeople = (
  { failure, retryAtMs, postponed = 0 }: Staged,
  { config: { settings } }: Look,
): Pick<Why, "clearsAt"> => {
  if (failure?.code !== SESSIONS) return {};
  const left = Math.max(0, settings.sessionPostponeTimes - postponed);
  return { clearsAt: inSeconds(retryAtMs + left * settings.sessionPostponeMinutes * MINUTE) };
};

/** What failed last, and when it is tried again. */
const failedBefore = (look: Look): readonly Why[] => {
  const { state } = look;
  // A release that was given up for now is looked for again, and what it was given up for is asked again then.
  if (state.kind === "steady" && state.polling.failure !== undefined)
    return [{ ...failureOf(state.polling.failure), ...triedAgain(state.polling.checkAtMs, look) }];
  if (state.kind !== "fetching" && state.kind !== "staged" && state.kind !== "rolling-back")
    return [];
  if (state.failure === undefined) return [];
  const { version } = state.kind === "rolling-back" ? state.target : state.release;
  return [
    {
      ...failureOf(state.failure),
      version,
      ...(state.kind === "staged" ? waitsForPeople(state, look) : {}),
      ...triedAgain(state.retryAtMs, look),
    },
  ];
};

/** What the repository said last, or that it said nothing. */
const answered = (look: Look): readonly Why[] => {
  const { lastCheck, state } = look;
  const answer = lastCheck?.answer;
  if (answer?.kind === "failed") {
    const isPolling = state.kind === "steady" || state.kind === "waiting";
    return [
      {
        ...failureOf(answer.failure),
        ...(isPolling ? triedAgain(state.polling.checkAtMs, look) : {}),
      },
    ];
  }
  // What the node had against an offer then may be gone, as an order that was taken back is: it is asked anew.
  const blocker: Blocker | undefined =
    answer?.kind === "offer" && answer.blocker !== undefined
      ? takeBlocker(answer.release, false, look)
      : answer?.blocker;
  if (blocker === undefined) return [];
  const { version, clearsAt } = blocker;
  return [
    {
      ...failureOf(blocker),
      ...(version === undefined ? {} : { version }),
      ...(clearsAt === undefined ? {} : { clearsAt }),
    },
  ];
};

/** What is in the way, the nearest thing first: what the node cannot do, what its operator ordered, what the repository said. Each code once. */
export const blockersOf = (look: Look): readonly Why[] => {
  const found = [ownBlockers, orders, closedGate, failedBefore, answered].flatMap((ask) =>
    ask(look),
  );
  return found.filter(({ code }, index) => found.findIndex((one) => one.code === code) === index);
};
