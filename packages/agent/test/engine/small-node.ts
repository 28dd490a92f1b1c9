/** The part of the world below the agent: two slots, an ESP of names, a boot loader that counts, and a power switch. */
import type { Observed } from "../../src/machine/observed.ts";
import type { OfferedRelease, ReleaseRef } from "../../src/machine/release.ts";

/** What becomes of a release that is booted. */
export type Nature = "good" | "fails" | "panics" | "silent";

export interface WorldRelease extends OfferedRelease {
  readonly nature: Nature;
}

export interface Entry {
  readonly release: WorldRelease;
  standing: "staged" | "good" | "counting" | "bad";
  left: number;
}

export class Off extends Error {
  override readonly name = "Off";
}

/** Something that must never be. */
export class Violation extends Error {
  override readonly name = "Violation";
}

type Letter = "a" | "b";

const otherThan = (slot: Letter): Letter => (slot === "a" ? "b" : "a");

export const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

export const worldRelease = (number: number, nature: Nature, securityEpoch = 0): WorldRelease => ({
  version: String(number),
  roothash: number.toString(16).padStart(64, "0"),
  securityEpoch,
  nature,
});

const MOST_BOOTS = 40;

export class SmallNode {
  readonly releases: readonly WorldRelease[];
  readonly #slots: Record<Letter, WorldRelease | undefined>;
  #entries: Entry[];
  #booted: WorldRelease;
  #bootNumber = 0;
  /** The loader counted this boot, and nobody has decided yet. */
  #isCounted = false;
  isUnproven = false;
  isDegraded = false;
  /** The next boot leads here, whatever the loader prefers. */
  menuChoice: "other" | undefined;
  hasMenuBeenUsed = false;
  /** Good once, and no longer. */
  readonly #sour = new Set<string>();

  /** What is true, for comparison with the ledger. */
  readonly hasFailed = new Set<string>();
  readonly wasBlessed = new Set<string>();
  readonly violations: string[] = [];

  /** Small steps until the power goes; never when undefined. */
  #stepsLeft: number | undefined;
  #isOff = false;

  constructor(releases: readonly WorldRelease[]) {
    const [first] = releases;
    if (first === undefined) throw new Error("a node without a release");
    this.releases = releases;
    this.#slots = { a: first, b: undefined };
    this.#entries = [{ release: first, standing: "good", left: 0 }];
    this.#booted = first;
    this.wasBlessed.add(first.roothash);
  }

  /** Told at the end: the engine takes whatever a task throws for a failure of that task. */
  protected ensure(isSo: boolean, message: string): void {
    if (!isSo) this.violations.push(message);
  }

  // The power.

  cutAfter(steps: number | undefined): void {
    this.#stepsLeft = steps;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  protected step(): void {
    if (this.#isOff) throw new Off("the power is off");
    if (this.#stepsLeft === undefined) return;
    if (this.#stepsLeft === 0) {
      this.#isOff = true;
      throw new Off("the power goes");
    }
    this.#stepsLeft--;
  }

  /** The agent was killed and begins anew; the node knows nothing of it. */
  revive(): void {
    this.#isOff = false;
    this.#stepsLeft = undefined;
  }

  /** From the firmware on, until something stays up. */
  boot(): void {
    this.revive();
    this.isUnproven = false;
    this.isDegraded = false;
    for (let boots = 0; boots < MOST_BOOTS; boots++) if (this.#bootOnce()) return;
    throw new Violation("nothing comes up");
  }

  #bootOnce(): boolean {
    // The last try has ended without anybody's blessing, for whatever reason.
    const last = this.#isCounted ? this.entryOf(this.#booted) : undefined;
    if (last?.standing === "bad") this.hasFailed.add(last.release.roothash);
    const entry = this.#pick();
    this.#bootNumber++;
    const slot = this.#slotOf(entry.release);
    if (slot === undefined)
      throw new Violation(`the loader boots ${entry.release.version}, which is in no slot`);
    const isTried = entry.standing === "counting";
    if (isTried) {
      entry.left--;
      if (entry.left === 0) entry.standing = "bad";
    }
    this.#isCounted = isTried;
    this.#booted = entry.release;
    return !isTried || this.natureOf(entry.release) !== "panics";
  }

  protected natureOf({ roothash, nature }: WorldRelease): Nature {
    return this.#sour.has(roothash) ? "panics" : nature;
  }

  #pick(): Entry {
    const bootable = this.#entries.filter(({ standing }) => standing !== "staged");
    const order = bootable.toSorted(
      (a, b) =>
        Number(a.standing === "bad") - Number(b.standing === "bad") ||
        Number(b.release.version) - Number(a.release.version),
    );
    const chosen = this.menuChoice === "other" ? (order[1] ?? order[0]) : order[0];
    if (this.menuChoice === "other" && order.length > 1) this.hasMenuBeenUsed = true;
    this.menuChoice = undefined;
    if (chosen === undefined) throw new Violation("the loader finds no entry");
    return chosen;
  }

  #slotOf({ roothash }: ReleaseRef): Letter | undefined {
    if (this.#slots.a?.roothash === roothash) return "a";
    return this.#slots.b?.roothash === roothash ? "b" : undefined;
  }

  protected entryOf({ roothash }: ReleaseRef): Entry | undefined {
    return this.#entries.find(({ release }) => release.roothash === roothash);
  }

  get isOnProbation(): boolean {
    return this.#isCounted;
  }

  get booted(): WorldRelease {
    return this.#booted;
  }

  /** A kernel that nobody's loader started. */
  kexec(): void {
    this.#bootNumber++;
    this.isUnproven = true;
  }

  observe(): Observed {
    const slot = this.#slotOf(this.#booted) ?? "a";
    const held = this.#slots[otherThan(slot)];
    const entry = held === undefined ? undefined : this.entryOf(held);
    const standing = this.entryOf(this.#booted)?.standing;
    return {
      bootId: `boot-${this.#bootNumber}`,
      booted: { ...refOf(this.#booted), slot, standing: this.#bootedStanding(standing) },
      degraded: this.isDegraded ? ["/var could not be mounted"] : [],
      other: {
        release: entry === undefined ? undefined : refOf(entry.release),
        standing: entry?.standing,
      },
    };
  }

  #bootedStanding(standing: Entry["standing"] | undefined): Observed["booted"]["standing"] {
    if (this.isUnproven || standing === undefined || standing === "staged") return "unproven";
    return this.#isCounted ? "counting" : standing;
  }

  /** Every write goes past here. */
  #write(what: string, isRollback = false): void {
    this.step();
    const { booted, degraded } = this.observe();
    const mayBe: readonly string[] = isRollback ? ["good", "bad"] : ["good"];
    this.ensure(
      degraded.length === 0 && mayBe.includes(booted.standing),
      `${what} while the booted release is ${booted.standing}${degraded.length > 0 ? " and the node degraded" : ""}`,
    );
  }

  // What the agent's tasks do to it.

  /** The slot that may be written. */
  protected get otherSlot(): Letter {
    return otherThan(this.#slotOf(this.#booted) ?? "a");
  }

  protected isStaged({ roothash }: ReleaseRef): boolean {
    const held = this.#slots[this.otherSlot];
    return held?.roothash === roothash && this.entryOf(held)?.standing === "staged";
  }

  protected writeRelease(release: WorldRelease): void {
    const slot = this.otherSlot;
    this.#write("deleting an entry");
    this.#entries = this.#entries.filter((entry) => entry.release === this.#booted);
    this.#write("clearing a slot");
    this.#slots[slot] = undefined;
    this.#write("writing a slot");
    this.#slots[slot] = release;
    this.#write("writing a UKI");
    this.#entries.push({ release, standing: "staged", left: 0 });
  }

  protected deleteStaged({ roothash }: ReleaseRef): void {
    this.#write("discarding");
    this.#entries = this.#entries.filter(
      ({ release, standing }) => standing !== "staged" || release.roothash !== roothash,
    );
  }

  protected arm(entry: Entry, isRollback = false): void {
    this.#write("arming an entry", isRollback);
    entry.standing = "counting";
    entry.left = 3;
  }

  protected markBad(entry: Entry): void {
    this.#write("marking an entry bad", true);
    entry.standing = "bad";
  }

  // What happens to the release that is booted.

  protected bless(): void {
    const entry = this.entryOf(this.#booted);
    if (entry !== undefined) entry.standing = "good";
    this.#isCounted = false;
    this.wasBlessed.add(this.#booted.roothash);
  }

  protected condemn(): void {
    const entry = this.entryOf(this.#booted);
    if (entry !== undefined) entry.standing = "bad";
    this.hasFailed.add(this.#booted.roothash);
  }

  protected canGiveWay(): boolean {
    return (
      this.entryOf(this.#booted)?.standing === "good" &&
      this.#entries.some(({ release, standing }) => release !== this.#booted && standing === "good")
    );
  }

  /** It was good, and will never come up again. */
  protected turnSour(): void {
    const entry = this.entryOf(this.#booted);
    if (entry !== undefined) entry.standing = "bad";
    this.#sour.add(this.#booted.roothash);
  }
}
