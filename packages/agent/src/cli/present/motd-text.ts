/** What whoever logs in is told of this node: only what is not as usual, and with dates alone, since nobody knows when it is read. Pure. */
import { printableLine } from "@slipway/host/command-line";
import { date } from "./time.ts";
import { because } from "../../errors.ts";
import type { LedgerRecord } from "../../ledger/entry.ts";
import type { LedgerView } from "../../ledger/view.ts";
import type { State } from "../../machine/state.ts";

export interface MotdFacts {
  readonly state: State;
  readonly ledger: LedgerView;
  /** From when what is staged may be finalized, in milliseconds since 1970; Infinity where only an operator opens the gate. */
  readonly gateOpensAtMs: number;
  /** A closed gate is opened by a lock server. */
  readonly waitsForLease: boolean;
  /** The first error of the settings. */
  readonly settingsError: string | undefined;
  readonly isResetOrdered: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

/** More of them nobody reads at a prompt. */
const MOST_FORBIDDEN = 3;

const restarts = ({ gateOpensAtMs, waitsForLease, now }: MotdFacts): string => {
  if (gateOpensAtMs === Infinity)
    return waitsForLease
      ? "the node restarts into it when its lock server lets it"
      : "`slipway-agent update` restarts into it";
  const at = Math.ceil(gateOpensAtMs / 1000);
  return at <= now ? "the node restarts into it" : `the node restarts into it ${date(at)}`;
};

const trouble = (failure: { readonly message: string } | undefined): string =>
  failure === undefined ? "" : `; last time: ${failure.message}`;

/** What is on its way. */
const pending = (facts: MotdFacts): readonly string[] => {
  const { state } = facts;
  switch (state.kind) {
    case "init":
    case "steady":
      return [];
    case "waiting":
      return [`release ${state.release.version} is on offer, and is taken when its time comes`];
    case "fetching":
      return [`release ${state.release.version} is being fetched${trouble(state.failure)}`];
    case "staged":
      return [
        `release ${state.release.version} is staged: ${restarts(facts)}${trouble(state.failure)}`,
      ];
    case "finalizing":
      return [`THIS NODE IS ABOUT TO RESTART into release ${state.release.version}`];
    case "rolling-back":
      return [`THIS NODE IS ABOUT TO RESTART: it goes back to release ${state.target.version}`];
    case "probation":
      return [
        `release ${state.release.version} is on probation, and is judged by ${date(Math.ceil(state.deadlineMs / 1000))} at the latest`,
      ];
    case "held":
      return [
        `the agent is held: ${state.failure.message}${state.failure.hint === undefined ? "" : `; ${state.failure.hint}`}`,
      ];
  }
};

/** The last thing that was tried, where it was undone by hand. */
const lastRollback = ({
  history,
}: LedgerView): Extract<LedgerRecord, { readonly kind: "rolled-back" }> | undefined => {
  const last = history.find(
    ({ kind }) => kind === "rolled-back" || kind === "finalized" || kind === "failed",
  );
  return last?.kind === "rolled-back" ? last : undefined;
};

const endings = ({ ledger }: MotdFacts): readonly string[] => {
  const rollback = lastRollback(ledger);
  const forbidden = [...ledger.forbidden.values()]
    .filter(({ release }) => release.roothash !== rollback?.release.roothash)
    .toSorted((a, b) => b.since - a.since);
  const left = forbidden.length - MOST_FORBIDDEN;
  return [
    ...(rollback === undefined
      ? []
      : [
          `rolled back from release ${rollback.release.version} to ${rollback.target.version} ${date(rollback.at)}: ${rollback.reason}`,
        ]),
    ...forbidden
      .slice(0, MOST_FORBIDDEN)
      .map(
        ({ release: { version }, reason, since }) =>
          `release ${version} failed here ${date(since)}, and is not tried again: ${reason}`,
      ),
    ...(left > 0 ? [`and ${left} more that are not tried again: slipway-agent history`] : []),
  ];
};

const orders = ({
  ledger: { pin, pause },
  settingsError,
  isResetOrdered,
}: MotdFacts): readonly string[] => [
  ...(isResetOrdered
    ? [
        "A FACTORY RESET IS ORDERED: the next boot removes this node's data; `slipway-agent factory-reset --cancel` takes that back",
      ]
    : []),
  ...(pin === undefined
    ? []
    : [`this node is pinned to release ${pin.version}${because(pin.reason)}`]),
  ...(pause === undefined ? [] : [`updates are paused${because(pause.reason)}`]),
  ...(settingsError === undefined
    ? []
    : [`the agent's settings have an error, and nothing is taken but by hand: ${settingsError}`]),
];

/** Nothing where there is nothing to say. */
export const motdText = (facts: MotdFacts): string | undefined => {
  const lines = [pending, endings, orders].flatMap((tell) => tell(facts));
  if (lines.length === 0) return undefined;
  // What people and the repository have written is on a terminal of root's.
  const told = lines.map((line) => `  - ${printableLine(line)}\n`).join("");
  return `\nSlipway (\`slipway-agent status\` says more):\n${told}\n`;
};
