/**
 * A node in miniature, with its agent's ledger, journal and tasks, and a repository. Each of its small steps can be the last one before the power goes, or
 * before the agent is killed.
 */
import type { EnginePorts, LeaseOutcome, Outcome } from "../../src/engine/ports.ts";
import type { LedgerEntry, LedgerRecord } from "../../src/ledger/entry.ts";
import { fold, NOTHING_YET, type Standing } from "../../src/ledger/fold.ts";
import type { LedgerView } from "../../src/ledger/view.ts";
import type { LeaseEffect } from "../../src/machine/effect.ts";
import type { Journal } from "../../src/machine/journal.ts";
import type { LockServer } from "../../src/machine/lease.ts";
import type { OfferedRelease, ReleaseRef } from "../../src/machine/release.ts";
import type { Settings } from "../../src/machine/situation.ts";
import { Slots } from "../lease/slots.ts";
import { refOf, SmallNode, Violation, type WorldRelease } from "./small-node.ts";

export const SERVERS: readonly LockServer[] = [
  { address: "https://locks.example", group: "default" },
  { address: "https://locks.example", group: "edge" },
];

/** By which what several servers count is kept apart. */
export const groupOf = ({ address, group }: LockServer): string => `${address} ${group}`;

export class World extends SmallNode {
  offered: WorldRelease[] = [];
  /** The check offers what it must not: the machine has guards of its own. */
  isAdversarial = false;
  /** An operator says so while a task is at work. */
  orderMeanwhile:
    | { readonly during: "stage" | "finalize"; readonly entry: LedgerEntry }
    | undefined;
  /** So many tasks fail from now on. */
  failing = 0;

  /** Whom it asks for leases, and as whom. Others may ask there too. */
  slots = new Slots();
  nodeId = "this-node";
  /** So many answers of the lock server never arrive. */
  lostAnswers = 0;
  /** Where it had leases when its journal was lost: of these only the one that the settings name hears that it is over. */
  readonly forgotten = new Set<string>();
  /** What hooks answer; nothing: they let everything go on. */
  holding: "HOOK_HELD" | "HOOK_NOT_YET" | undefined;
  /** At `pre-reboot` alone. */
  isHeldAtReboot = false;
  isSomebodyThere = false;
  /** What was asked and told, in its order. */
  readonly asked: string[] = [];

  nowMs = 1_800_000_000_000;
  settings: Settings = {
    pollSeconds: 600,
    strategy: "immediate",
    stage: "early",
    schedule: { timeZone: "UTC", windows: [], blackouts: [] },
    sessions: { postponeMinutes: 10, postponeTimes: 3 },
    probationSeconds: 600,
  };

  #journal: Journal | undefined;
  readonly #records: LedgerRecord[] = [];
  #standing: Standing = NOTHING_YET;
  readonly mayHaveFailed = new Set<string>();
  readonly mustNotCome = new Set<string>();
  staged = 0;
  /** What staging takes of the node's time. */
  stagingMs = 0;

  #luck = 1;
  readonly transitions = new Set<string>();
  #pinnedTo: string | undefined;

  // What the node itself does.

  /** The health checks have decided, or the time has run out. `marks` says whether the verdict could do its work. */
  decide(marks: boolean): void {
    if (!this.isOnProbation) return;
    const nature = this.natureOf(this.booted);
    if (nature === "good") return this.bless();
    if (nature === "fails" && marks) {
      this.#append({ kind: "failed", release: refOf(this.booted), reason: "a check failed" });
      this.condemn();
    }
    this.boot();
  }

  /** Blessed, it comes up no longer: the initrd hands over to the other slot. */
  giveWay(): void {
    if (!this.canGiveWay()) return;
    this.turnSour();
    // Of a release that came and went between two runs of the agent nobody can tell more than that it was there.
    const isKnown =
      !this.hasMenuBeenUsed && this.#standing.current?.roothash === this.booted.roothash;
    (isKnown ? this.hasFailed : this.mayHaveFailed).add(this.booted.roothash);
    this.boot();
  }

  /** Where this node counts. */
  get held(): readonly LockServer[] {
    return SERVERS.filter((server) => this.slots.holders(groupOf(server)).has(this.nodeId));
  }

  loseJournal(): void {
    for (const server of this.held) this.forgotten.add(groupOf(server));
    this.#journal = undefined;
  }

  order(entry: LedgerEntry): void {
    this.#append(entry);
  }

  // What the agent stands on.

  #append(entry: LedgerEntry): void {
    const record: LedgerRecord = {
      ...entry,
      seq: this.#records.length + 1,
      at: Math.floor(this.nowMs / 1000),
    };
    this.#records.push(record);
    this.#standing = fold(this.#standing, record);
    if (entry.kind === "rolled-back") {
      this.mustNotCome.add(entry.release.roothash);
      this.mustNotCome.delete(entry.target.roothash);
    }
    if (entry.kind === "rolled-back") this.#pinnedTo = entry.target.version;
    if (entry.kind === "pinned") this.#pinnedTo = entry.version;
    if (entry.kind === "unpinned") this.#pinnedTo = undefined;
    if (entry.kind === "failed") this.mustNotCome.add(entry.release.roothash);
    if (entry.kind === "forgiven") this.mustNotCome.delete(entry.release.roothash);
  }

  get ledger(): LedgerView {
    return { ...this.#standing, history: this.#records, damage: [] };
  }

  get records(): readonly LedgerRecord[] {
    return this.#records;
  }

  get journal(): Journal | undefined {
    return this.#journal;
  }

  #wanted(what: string, release: ReleaseRef): void {
    this.ensure(
      !this.mustNotCome.has(release.roothash),
      `${what} of ${release.version}, which is forbidden`,
    );
    const { floor } = this.#standing;
    this.ensure(
      this.#pinnedTo === undefined || this.#pinnedTo === release.version,
      `${what} of ${release.version} on a node pinned to ${this.#pinnedTo}`,
    );
    this.ensure(
      (this.releases.find(({ roothash }) => roothash === release.roothash)?.securityEpoch ?? 0) >=
        floor,
      `${what} of ${release.version}, which is below the floor`,
    );
    this.ensure(release.roothash !== this.booted.roothash, `${what} of the booted release`);
  }

  async #stage(release: OfferedRelease): Promise<Outcome> {
    this.#wanted("staging", release);
    const known = this.releases.find(({ roothash }) => roothash === release.roothash);
    if (known === undefined) throw new Violation("an unknown release is staged");
    this.staged++;
    this.nowMs += this.stagingMs;
    if (!this.isStaged(release)) this.writeRelease(known);
    this.#hear("stage");
    this.step();
    return { kind: "done" };
  }

  #finalize(release: ReleaseRef): Outcome {
    this.#wanted("finalizing", release);
    const state = this.#journal?.state;
    const { strategy, lockServer } = this.settings;
    if (strategy === "lock" && lockServer !== undefined && state?.kind === "finalizing")
      this.ensure(
        state.byHand || this.slots.holders(groupOf(lockServer)).has(this.nodeId),
        "finalizing without a lease",
      );
    const entry = this.entryOf(release);
    if (entry === undefined) return { kind: "failed", code: "NOT_STAGED", message: "not staged" };
    if (entry.standing === "staged") this.arm(entry);
    this.step();
    return { kind: "done" };
  }

  #rollBack(target: ReleaseRef, from: ReleaseRef): Outcome {
    this.ensure(from.roothash === this.booted.roothash, "rolling back from what is not booted");
    const [to, booted] = [this.entryOf(target), this.entryOf(from)];
    if (to === undefined || booted === undefined)
      return { kind: "failed", code: "GONE", message: "there is no entry" };
    if (to.standing === "bad") this.arm(to, true);
    this.markBad(booted);
    this.step();
    return { kind: "done" };
  }

  #askLockServer({ kind, server }: LeaseEffect): LeaseOutcome {
    const failed = this.#fails();
    if (failed?.kind === "failed") return failed;
    const group = groupOf(server);
    const known = this.#journal?.leases?.list ?? [];
    this.ensure(
      known.some((lease) => groupOf(lease.server) === group),
      `${kind} that the journal does not know of`,
    );
    this.ensure(
      this.observe().booted.standing === "good",
      `${kind} while the booted release is not good`,
    );
    let isGranted = true;
    if (kind === "take-lease") isGranted = this.slots.take(group, this.nodeId);
    else this.slots.give(group, this.nodeId);
    this.step();
    if (this.lostAnswers > 0) {
      this.lostAnswers--;
      return { kind: "failed", code: "LOCK_UNREACHABLE", message: "nobody heard it" };
    }
    return isGranted
      ? { kind: "done" }
      : { kind: "failed", code: "LOCK_HELD", message: "others have it", retryAfterSeconds: 60 };
  }

  #hear(during: "stage" | "finalize"): void {
    if (this.orderMeanwhile?.during !== during) return;
    this.#append(this.orderMeanwhile.entry);
    this.orderMeanwhile = undefined;
  }

  #fails(): Outcome | undefined {
    this.step();
    if (this.failing === 0) return undefined;
    this.failing--;
    return { kind: "failed", code: "LUCK", message: "it was not to be" };
  }

  #check(only: string | undefined, ledger: LedgerView): WorldRelease | undefined {
    const fit = this.offered.filter(
      ({ version, roothash }) =>
        (only === undefined || only === version) &&
        (this.isAdversarial ||
          (!ledger.forbidden.has(roothash) && Number(version) > Number(this.booted.version))),
    );
    return fit.at(-1);
  }

  readonly ports: EnginePorts = {
    lock: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    observe: async () => {
      this.step();
      return this.observe();
    },
    evidence: async () => undefined,
    journal: {
      load: async () => {
        this.step();
        return this.#journal;
      },
      save: async (journal) => {
        this.step();
        this.#journal = journal;
        this.step();
      },
    },
    ledger: {
      view: async () => {
        this.step();
        return this.ledger;
      },
      append: async (entry) => {
        this.step();
        this.#append(entry);
        this.step();
        return this.ledger;
      },
    },
    settings: async () => this.settings,
    clock: { now: () => new Date(this.nowMs) },
    random: () => {
      this.#luck = (this.#luck * 48_271) % 2_147_483_647;
      return this.#luck / 2_147_483_647;
    },
    log: (line) => {
      if (line.includes(" → ")) this.transitions.add(line);
    },
    tasks: {
      check: async ({ request }, ledger) => {
        const failed = this.#fails();
        if (failed?.kind === "failed") return failed;
        const release = this.#check(request.only, ledger);
        if (release !== undefined) {
          const { version, roothash, securityEpoch } = release;
          return { kind: "offer", release: { version, roothash, securityEpoch } };
        }
        return { kind: "none", blocker: { code: "up-to-date", message: "there is nothing newer" } };
      },
      preflight: async ({ before }) => {
        this.#hear(before);
        return this.#fails() ?? { kind: "done" };
      },
      hooks: async ({ point, reason }) => {
        this.asked.push(reason === "rollback" ? `${point} (rollback)` : point);
        const isHeld =
          this.holding !== undefined && (point === "pre-reboot" || !this.isHeldAtReboot);
        this.step();
        return isHeld
          ? { kind: "failed", code: this.holding ?? "", message: "a hook says so" }
          : (this.#fails() ?? { kind: "done" });
      },
      sessions: async () => {
        this.asked.push("sessions");
        this.step();
        return this.isSomebodyThere
          ? { kind: "failed", code: "SESSIONS", message: "alice is logged in" }
          : { kind: "done" };
      },
      warn: async ({ minutes }) => {
        this.asked.push(`warn ${minutes}`);
        return this.#fails() ?? { kind: "done" };
      },
      stage: async ({ release }) => this.#fails() ?? (await this.#stage(release)),
      discard: async ({ release }) => {
        const failed = this.#fails();
        if (failed !== undefined) return failed;
        this.deleteStaged(release);
        return { kind: "done" };
      },
      finalize: async ({ release }) => this.#fails() ?? this.#finalize(release),
      rollback: async ({ target, from }) => this.#fails() ?? this.#rollBack(target, from),
      lease: async (effect) => this.#askLockServer(effect),
      reboot: async () => this.#fails() ?? { kind: "done" },
    },
  };
}
