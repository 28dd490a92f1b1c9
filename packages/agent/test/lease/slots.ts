/** What a lock server counts, as FleetLock's specification has it: so many leases a group, each its owner's alone, taken and given back as often as one likes. */
export class Slots {
  readonly #most: (group: string) => number;
  readonly #held = new Map<string, Set<string>>();

  constructor(most: (group: string) => number = () => 1) {
    this.#most = most;
  }

  holders(group: string): ReadonlySet<string> {
    return this.#held.get(group) ?? new Set();
  }

  /** RecursiveLock: true for whoever has one already, too. */
  take(group: string, id: string): boolean {
    const held = this.#held.get(group) ?? new Set();
    if (!held.has(id) && held.size >= this.#most(group)) return false;
    this.#held.set(group, held.add(id));
    return true;
  }

  /** UnlockIfHeld: it never fails. */
  give(group: string, id: string): void {
    this.#held.get(group)?.delete(id);
  }
}
