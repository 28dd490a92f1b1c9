/**
 * The verdict on the booted release: `slipway-verdict.service`. Where the release is good, the blessing is allowed; where it is bad, that is kept, its
 * entry is marked, and the caller restarts the node. Nothing else of the node is written.
 */
import type { Files, ReadOnlyDevice } from "@slipway/host";
import {
  boundLine,
  type CheckResult,
  JUDGED,
  MAY_BE_BLESSED,
  type Verdict,
} from "@slipway/release";
import { within } from "../health/bounded.ts";
import { type AskedHealth, readHealthFiles } from "../health/health-files.ts";
import type { HealthPorts } from "../health/ports.ts";
import { byImportance } from "../health/progress.ts";
import { runTrials } from "../health/run-trials.ts";
import { isTorn } from "../esp/entry-name.ts";
import type { Ledger } from "../ledger/open-ledger.ts";
import type { EspEntry } from "../node/facts.ts";
import { askedTrials } from "./asked-trials.ts";
import { evidenceOf } from "./evidence.ts";
import { gatherFailedUnits } from "./failed-units.ts";
import { judge, rootResult } from "./judge.ts";
import { keepText, keepVerdict, RUN_VERDICT, slotVerdict } from "./kept-verdict.ts";
import { readRoot } from "./read-root.ts";
import { remember } from "./remember.ts";
import { type ProbationFacts, standingOf } from "./standing.ts";

export interface VerdictPorts {
  readonly facts: () => Promise<ProbationFacts>;
  readonly health: HealthPorts;
  /** The root as dm-verity gives it. */
  readonly openRoot: () => Promise<ReadOnlyDevice>;
  readonly files: Files;
  readonly ledger: Ledger;
  /** Durable when it resolves. */
  readonly markBad: (entry: EspEntry) => Promise<void>;
  /** For people: a line each. */
  readonly log: (line: string) => void;
}

export type Decision =
  /** Nothing was to be decided: the boot is not one of probation, or nobody can tell. */
  | { readonly kind: "none"; readonly reason: string }
  /** Told to end before anything was decided. */
  | { readonly kind: "interrupted" }
  | {
      readonly kind: "decided";
      readonly verdict: Verdict;
      /** The node is to be restarted, at once and without ceremony: into the other release, or for another try. */
      readonly mustRestart: boolean;
    };

/**
 * The exit status of `slipway-verdict.service`, of which anything but 0 restarts the node at once. So it is 0 too where nothing was decided: a node is
 * not restarted for what nobody knows, and without a good verdict nothing is blessed.
 */
export const exitStatusOf = (decision: Decision): 0 | 1 =>
  decision.kind === "decided" && decision.mustRestart ? 1 : 0;

/** However late the boot was, checks and reading have this long. */
const LEAST_MS = 60_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What may fail without an effect on the decision. */
const attempt = async (
  { log }: Pick<VerdictPorts, "log">,
  what: string,
  work: () => Promise<unknown>,
): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    log(`cannot ${what}: ${messageOf(error)}`);
    return false;
  }
};

/** Since the kernel started. */
const uptimeMs = async ({ places }: HealthPorts): Promise<number> => {
  const seconds = Number.parseFloat(await places.start("/proc/uptime", 64));
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
};

/** Runs the checks and reads the root, side by side; where one of the two has failed for good, the other ends. */
const examine = async (
  ports: Pick<VerdictPorts, "health" | "openRoot">,
  asked: AskedHealth,
  signal: AbortSignal,
): Promise<{ readonly checks: readonly CheckResult[]; readonly readBytes: number }> => {
  const { health, openRoot } = ports;
  const { clock } = health;
  const beganMs = clock.monotonicMs();
  const leftMs = Math.max(LEAST_MS, asked.deadlineSeconds * 1000 - (await uptimeMs(health)));
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);

  const read = async (): Promise<{ readonly result: CheckResult; readonly bytes: number }> => {
    const rootRead = (await within(leftMs, { clock, signal: ending }, (end) =>
      readRoot(openRoot, end),
    )) ?? { kind: "ended" };
    if (rootRead.kind === "damaged") failed.abort();
    return {
      result: rootResult(rootRead, clock.monotonicMs() - beganMs),
      bytes: rootRead.kind === "whole" ? rootRead.bytes : 0,
    };
  };
  const check = async (): Promise<readonly CheckResult[]> => {
    const results = await runTrials(await askedTrials(health, asked), {
      clock,
      deadlineMs: beganMs + leftMs,
      settleMs: asked.settleSeconds * 1000,
      signal: ending,
    });
    if (judge(results).verdict === "bad") failed.abort();
    return results;
  };
  const [{ result, bytes }, results] = await Promise.all([read(), check()]);
  return { checks: [result, ...results].toSorted(byImportance), readBytes: bytes };
};

/** What every verdict of this boot begins with. */
const verdictOf = (
  { booted, bootId }: ProbationFacts,
  at: Date,
  rest: Pick<Verdict, "verdict" | "reason"> & Partial<Verdict>,
): Verdict => ({
  roothash: booted.roothash,
  version: booted.version,
  bootId,
  at: Math.max(0, Math.floor(at.getTime() / 1000)),
  readBytes: 0,
  checks: [],
  failedUnits: [],
  ...rest,
});

/**
 * Everything that a bad release leaves behind it. First what is known of it, durably, then the mark. Where the power is cut before the mark, the
 * loader counts one try less and boots the release again; the ledger's line then ends that try before any check. The mark's own order is `markBad`'s.
 */
const condemn = async (
  ports: VerdictPorts,
  facts: ProbationFacts,
  { verdict, entry }: { readonly verdict: Verdict; readonly entry: EspEntry },
): Promise<{ readonly isMarked: boolean }> => {
  const { roothash, version, reason } = verdict;
  await attempt(ports, "keep the verdict on /var", () =>
    keepVerdict(ports.files, slotVerdict(facts.booted.slot), verdict),
  );
  await attempt(ports, "write the ledger", () =>
    ports.ledger.append({
      kind: "failed",
      release: { version, roothash },
      reason,
      evidence: evidenceOf(verdict),
    }),
  );
  // Without it the release has its other tries first; whatever cannot be written, the node gets away from it.
  return { isMarked: await attempt(ports, `mark ${entry.file} bad`, () => ports.markBad(entry)) };
};

interface Known {
  /** Why this release was found bad before, if it was: then it is not tried again. */
  readonly forbidden: string | undefined;
  /** It was blessed before. */
  readonly isGood: boolean;
}

const knownOf = async (ports: VerdictPorts, roothash: string): Promise<Known> => {
  try {
    const { forbidden, current, isCurrentGood } = await ports.ledger.view();
    return {
      forbidden: forbidden.get(roothash)?.reason,
      isGood: isCurrentGood && current?.roothash === roothash && !forbidden.has(roothash),
    };
  } catch (error) {
    ports.log(`cannot read the ledger: ${messageOf(error)}`);
    return { forbidden: undefined, isGood: false };
  }
};

/**
 * Decides about this boot. It never takes longer than the deadline of the checks and a minute.
 * @throws what makes the node's facts unreadable: then nothing is blessed, and the caller restarts the node
 */
export const decideVerdict = async (
  ports: VerdictPorts,
  signal: AbortSignal,
): Promise<Decision> => {
  const { files } = ports;
  // A soft reboot leaves them there.
  for (const file of [MAY_BE_BLESSED, JUDGED]) await files.remove(file);
  const decision = await decideBoot(ports, signal);
  // Last: without it systemd restarts the node, whatever this process ends with.
  if (decision.kind !== "interrupted" && exitStatusOf(decision) === 0)
    await keepText(files, JUDGED, `${decision.kind}\n`);
  return decision;
};

const decideBoot = async (ports: VerdictPorts, signal: AbortSignal): Promise<Decision> => {
  const { health, files, log } = ports;
  const facts = await ports.facts();
  const standing = standingOf(facts);
  const tell = (verdict: Verdict): Promise<unknown> =>
    attempt(ports, "keep the verdict", () => keepVerdict(files, RUN_VERDICT, verdict));
  const now = (): Date => health.clock.now();

  if (standing.kind === "decided") return { kind: "none", reason: standing.reason };
  if (standing.kind === "unproven") {
    const { reason } = standing;
    log(`unproven, and not to be blessed: ${reason}`);
    await tell(verdictOf(facts, now(), { verdict: "unproven", reason: boundLine(reason) }));
    return { kind: "none", reason };
  }

  const known = await knownOf(ports, facts.booted.roothash);
  const { forbidden } = known;
  const torn = isTorn(standing.entry.file);
  if (torn) {
    const { file } = standing.entry;
    log(`a power cut tore the name of the boot entry: ${file} has no count of tries`);
    // Nobody counts these boots: one that ends in a restart for what is no fault of the release's would do so for ever.
    if (facts.degraded.length > 0) return { kind: "none", reason: "the node is degraded" };
    if (known.isGood) {
      await keepText(files, MAY_BE_BLESSED, `${facts.booted.roothash}\n`);
      return { kind: "none", reason: "it was found good before" };
    }
  }
  const examined =
    forbidden === undefined
      ? await examine(ports, await readHealthFiles(health.places), signal)
      : { checks: [], readBytes: 0 };
  if (signal.aborted) return { kind: "interrupted" };
  const judged =
    forbidden === undefined
      ? judge(examined.checks)
      : { verdict: "bad" as const, reason: boundLine(`it was found bad before: ${forbidden}`) };
  const isGood = judged.verdict === "good";
  const verdict = verdictOf(facts, now(), {
    ...judged,
    ...examined,
    failedUnits: isGood ? [] : await gatherFailedUnits(health.exec),
  });
  log(`${verdict.version} is ${verdict.verdict}: ${verdict.reason}`);
  await tell(verdict);
  if (isGood) {
    // Without it the next release is compared with an older one, or with none.
    await attempt(ports, "keep how the node is", () =>
      remember({ ...health, files }, facts.booted),
    );
    await keepText(files, MAY_BE_BLESSED, `${verdict.roothash}\n`);
    return { kind: "decided", verdict, mustRestart: false };
  }
  // A boot on a temporary /var touches nothing on the disk: the loader's counter does it.
  if (facts.degraded.length > 0) return { kind: "decided", verdict, mustRestart: true };
  if (!standing.hasOther) {
    log("there is no other release to go back to: the node stays up, and this one is not blessed");
    return { kind: "decided", verdict, mustRestart: false };
  }
  const { isMarked } = await condemn(ports, facts, { verdict, entry: standing.entry });
  return { kind: "decided", verdict, mustRestart: isMarked || !torn };
};
