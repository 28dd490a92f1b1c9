/**
 * The loop that the daemon and every verb go through: lock, look, agree with the disk, step, keep, do, and hear how it went, until nothing is left to do.
 *
 * Why a kill between any two lines is harmless: nothing is done that the ledger or the journal does not already tell of. Lines of the ledger come before the
 * journal, since they stand by themselves (a rollback that is in the ledger is gone on with whatever the journal says); the journal comes before tasks; and
 * tasks can be done again. The next run begins with the disk, and believes it before either.
 */
import type { Failure } from "../errors.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerView } from "../ledger/view.ts";
import { type Effect, type LeaseEffect, type TaskEffect, WRITING } from "../machine/effect.ts";
import type { Event, EventKind } from "../machine/event.ts";
import { type Leases, NO_LEASES } from "../machine/lease.ts";
import type { Journal, LastCheck } from "../machine/journal.ts";
import type { Observed } from "../machine/observed.ts";
import { discrepancy } from "../machine/reconcile.ts";
import { resume } from "../machine/recover.ts";
import type { Settings, Situation } from "../machine/situation.ts";
import type { State } from "../machine/state.ts";
import { step } from "../machine/step.ts";
import { heard, type LeaseAnswer, tend } from "../machine/tend-leases.ts";
import { wakeInMs } from "../machine/wake.ts";
import { lastCheckOf } from "./last-check.ts";
import { checkEvent, leaseAnswer, taskEvent } from "./outcome-event.ts";
import type { EnginePorts } from "./ports.ts";

/** A whole update takes ten steps. Whatever takes more goes round in circles, and is left for the next run. */
const MOST_STEPS = 40;
/** Each lease is spoken of once in a run, and once more when what it was taken for is over. */
const MOST_TENDINGS = 8;
/** What a ledger can lack at once is three lines. */
const MOST_DISCREPANCIES = 8;

export interface Ran {
  readonly kind: "ran";
  readonly state: State;
  readonly lastCheck: LastCheck | undefined;
  readonly leases: Leases;
  readonly observed: Observed;
  readonly ledger: LedgerView;
  /** Why what an operator asked for is not done, or did not succeed. */
  readonly refusal: Failure | undefined;
  /** The node goes down. */
  readonly isRebooting: boolean;
  /** When to come again, in milliseconds. */
  readonly wakeInMs: number;
}

/** `busy`: another process of the agent is at it. */
export type RunResult = Ran | { readonly kind: "busy" };

interface Run {
  readonly ports: EnginePorts;
  readonly settings: Settings;
  observed: Observed;
  ledger: LedgerView;
  state: State;
  lastCheck: LastCheck | undefined;
  leases: Leases;
  /** What the journal on the disk says. */
  kept: Journal | undefined;
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "ILLEGAL";

const hintOf = (error: unknown): string | undefined =>
  error instanceof Error && "hint" in error && typeof error.hint === "string"
    ? error.hint
    : undefined;

const situationOf = ({ ports, settings, observed, ledger, leases }: Run): Situation => ({
  nowMs: ports.clock.now().getTime(),
  luck: ports.random(),
  observed,
  ledger,
  leases,
  settings,
});

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A journal that says the same is not written again: a node that only polls wears nothing out. */
const keep = async (run: Run): Promise<void> => {
  const { state, lastCheck, leases, observed } = run;
  const journal: Journal = {
    state,
    bootId: observed.bootId,
    ...(lastCheck === undefined ? {} : { lastCheck }),
    ...(leases.list.length === 0 && leases.told === undefined ? {} : { leases }),
  };
  if (sameText(run.kept, journal)) return;
  await run.ports.journal.save(journal);
  run.kept = journal;
};

/** Whoever knows why a release did not come up is asked before it is written down for good. */
const withEvidence = async ({ ports }: Run, entry: LedgerEntry): Promise<LedgerEntry> => {
  if (entry.kind !== "failed" || entry.evidence !== undefined) return entry;
  const evidence = await ports.evidence(entry.release);
  return evidence === undefined ? entry : { ...entry, evidence };
};

const agree = async (run: Run): Promise<void> => {
  for (let lines = 0; lines < MOST_DISCREPANCIES; lines++) {
    const entry = discrepancy({
      observed: run.observed,
      ledger: run.ledger,
      journal: run.kept,
    });
    if (entry === undefined) return;
    run.ledger = await run.ports.ledger.append(await withEvidence(run, entry));
    run.ports.log(describe(entry));
  }
  run.ports.log("the ledger and the disk do not agree; looking again in the next run");
};

const describe = (entry: LedgerEntry): string => {
  const release = "release" in entry ? ` ${entry.release.version}` : "";
  const reason = "reason" in entry && entry.reason !== undefined ? `: ${entry.reason}` : "";
  return `${entry.kind}${release}${reason}`;
};

const perform = async (run: Run, effect: TaskEffect): Promise<Event> => {
  const { tasks } = run.ports;
  switch (effect.kind) {
    case "check":
      return checkEvent(effect, await tasks.check(effect, run.ledger));
    case "preflight":
      return taskEvent(effect, await tasks.preflight(effect, run.ledger));
    case "hooks":
      return taskEvent(effect, await tasks.hooks(effect, run.ledger));
    case "sessions":
      return taskEvent(effect, await tasks.sessions(effect, run.ledger));
    case "warn":
      return taskEvent(effect, await tasks.warn(effect, run.ledger));
    case "stage":
      return taskEvent(effect, await tasks.stage(effect, run.ledger));
    case "discard":
      return taskEvent(effect, await tasks.discard(effect, run.ledger));
    case "finalize":
      return taskEvent(effect, await tasks.finalize(effect, run.ledger));
    case "rollback":
      return taskEvent(effect, await tasks.rollback(effect, run.ledger));
    case "reboot":
      return taskEvent(effect, await tasks.reboot(effect, run.ledger));
  }
};

const outcomeOf = async (run: Run, effect: TaskEffect): Promise<Event> => {
  try {
    return await perform(run, effect);
  } catch (error) {
    // A task answers with its failures; what it throws it did not expect.
    run.ports.log(`${effect.kind} broke off: ${why(error)}`);
    const hint = hintOf(error);
    const failed = {
      kind: "failed",
      code: codeOf(error),
      message: why(error),
      ...(hint === undefined ? {} : { hint }),
    } as const;
    return effect.kind === "check" ? checkEvent(effect, failed) : taskEvent(effect, failed);
  }
};

const recordAll = async (run: Run, effects: readonly Effect[]): Promise<void> => {
  for (const effect of effects) {
    if (effect.kind !== "record") continue;
    run.ledger = await run.ports.ledger.append(effect.entry);
    run.ports.log(describe(effect.entry));
  }
};

/** In the order in which the machine gave them; what an operator ordered meanwhile is heard before the next step. */
const doAll = async (run: Run, effects: readonly Effect[]): Promise<readonly Event[]> => {
  const events: Event[] = [];
  for (const effect of effects) {
    if (effect.kind === "record") continue;
    events.push(await outcomeOf(run, effect));
    if (WRITING.has(effect.kind)) run.observed = await run.ports.observe();
    run.ledger = await run.ports.ledger.view();
  }
  return events;
};

interface Progress {
  readonly refusal: Failure | undefined;
  readonly isRebooting: boolean;
}

const goThrough = async (run: Run, first: Event): Promise<Progress> => {
  const events: Event[] = [first];
  let refusal: Failure | undefined;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const event = events.shift();
    if (event === undefined) return { refusal, isRebooting: false };
    if (event.kind === "reboot-done") return { refusal, isRebooting: true };
    const situation = situationOf(run);
    const stepped = step(run.state, event, situation);
    refusal = stepped.refusal ?? refusal;
    if (stepped.state.kind !== run.state.kind)
      run.ports.log(`${run.state.kind} → ${stepped.state.kind} (${event.kind})`);
    await recordAll(run, stepped.effects);
    run.state = stepped.state;
    run.lastCheck = lastCheckOf(event, situation, run.lastCheck) ?? run.lastCheck;
    await keep(run);
    events.push(...(await doAll(run, stepped.effects)));
  }
  run.ports.log("this goes round in circles; going on in the next run");
  return { refusal, isRebooting: false };
};

const askServer = async (run: Run, effect: LeaseEffect): Promise<LeaseAnswer> => {
  try {
    return leaseAnswer(await run.ports.tasks.lease(effect));
  } catch (error) {
    run.ports.log(`${effect.kind} broke off: ${why(error)}`);
    return leaseAnswer({ kind: "failed", code: codeOf(error), message: why(error) });
  }
};

/**
 * When all else is quiet, lock servers are asked and told what has to be, one at a time, and the journal knows before each of them does. A lease that is granted
 * opens the gate: what waits for it is then gone on with.
 */
const tendLeases = async (run: Run, before: Progress): Promise<Progress> => {
  let progress = before;
  for (let turns = 0; turns < MOST_TENDINGS && !progress.isRebooting; turns++) {
    const { leases, effect } = tend(run.state, situationOf(run));
    run.leases = leases;
    await keep(run);
    if (effect === undefined) return progress;
    const answer = await askServer(run, effect);
    run.leases = heard(effect, answer, situationOf(run));
    await keep(run);
    run.ports.log(
      `${effect.kind} ${answer.kind}${answer.kind === "failed" ? `: ${answer.message}` : ""}`,
    );
    run.ledger = await run.ports.ledger.view();
    if (effect.kind === "take-lease" && answer.kind === "done")
      progress = await goThrough(run, { kind: "tick" });
  }
  return progress;
};

/** Lock servers are the daemon's business: what an operator orders waits for none of them. */
const TENDS: ReadonlySet<EventKind> = new Set<EventKind>(["tick", "check-asked"]);

/** Somebody finalizes in this very moment: the disk alone cannot tell that from finalizing which was killed. */
const isFinalizing = async (
  { lock }: Pick<EnginePorts, "lock">,
  journal: Journal | undefined,
  { bootId }: Observed,
): Promise<boolean> => {
  if (journal?.state.kind !== "finalizing" || journal.state.bootId !== bootId) return false;
  await using free = await lock();
  return free === undefined;
};

/** Looks at the node without changing anything, for those who only show it. `lock` does not wait. */
export const look = async (
  ports: Omit<EnginePorts, "tasks" | "evidence" | "log">,
): Promise<Omit<Ran, "kind" | "refusal" | "isRebooting">> => {
  const [observed, journal, ledger, settings] = [
    await ports.observe(),
    await ports.journal.load(),
    await ports.ledger.view(),
    await ports.settings(),
  ];
  const leases = journal?.leases ?? NO_LEASES;
  const situation: Situation = {
    nowMs: ports.clock.now().getTime(),
    luck: ports.random(),
    observed,
    ledger,
    leases,
    settings,
  };
  const state =
    journal !== undefined && (await isFinalizing(ports, journal, observed))
      ? journal.state
      : resume(journal, situation);
  return {
    state,
    lastCheck: journal?.lastCheck,
    leases,
    observed,
    ledger,
    wakeInMs: wakeInMs(state, situation),
  };
};

/**
 * Takes an event to its end.
 * @throws AgentError WRITE_FAILED, LEDGER_UNUSABLE where it can write nothing down: then nothing that would have to be was done.
 */
export const runAgent = async (ports: EnginePorts, event: Event): Promise<RunResult> => {
  await using lock = await ports.lock();
  if (lock === undefined) return { kind: "busy" };
  const journal = await ports.journal.load();
  const run: Run = {
    ports,
    settings: await ports.settings(),
    observed: await ports.observe(),
    ledger: await ports.ledger.view(),
    state: { kind: "init" },
    lastCheck: journal?.lastCheck,
    leases: journal?.leases ?? NO_LEASES,
    kept: journal,
  };
  await agree(run);
  run.state = resume(journal, situationOf(run));
  await keep(run);
  const progress = await goThrough(run, event);
  const { refusal, isRebooting } = TENDS.has(event.kind)
    ? await tendLeases(run, progress)
    : progress;
  return {
    kind: "ran",
    state: run.state,
    lastCheck: run.lastCheck,
    leases: run.leases,
    observed: run.observed,
    ledger: run.ledger,
    refusal,
    isRebooting,
    wakeInMs: wakeInMs(run.state, situationOf(run)),
  };
};
