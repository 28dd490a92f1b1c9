import type { DurableDirectory } from "../durable-directory.ts";

/** What a directory holds: names, and the bytes behind them. */
export type Listing = ReadonlyMap<string, Uint8Array>;

/** A directory in memory that remembers what a power cut could leave of it at every moment of its life. */
export interface CrashingDirectory extends DurableDirectory {
  /** What programs see. */
  readonly now: () => Listing;
  /** How many steps were taken: writes are three of them (made, written, synced). */
  readonly steps: () => number;
  /** Everything that may be left when the power fails right after that step; from 0, before the first. */
  readonly leftAfter: (step: number) => readonly Listing[];
  /** From that step on (counted from 1) every step fails with this error, as on a full disk. */
  readonly failFrom: (step: number, error: Error) => void;
}

interface Inode {
  readonly bytes: Uint8Array;
  readonly synced: boolean;
}

/** A change of names; a rename is one change, as on every file system worth the name. */
type Change = readonly (readonly [name: string, inode: number | undefined])[];

interface State {
  readonly inodes: ReadonlyMap<number, Inode>;
  readonly durableNames: ReadonlyMap<string, number>;
  /** Not yet durable, oldest first. */
  readonly changes: readonly Change[];
}

const apply = (
  names: ReadonlyMap<string, number>,
  changes: readonly Change[],
): ReadonlyMap<string, number> => {
  const result = new Map(names);
  for (const [name, inode] of changes.flat())
    if (inode === undefined) result.delete(name);
    else result.set(name, inode);
  return result;
};

/** What may be behind an inode that nobody synced: nothing, a part, zeros where the size was written first, everything. */
const remains = ({ bytes, synced }: Inode): readonly Uint8Array[] =>
  synced
    ? [bytes]
    : [new Uint8Array(), bytes.subarray(0, bytes.length >> 1), new Uint8Array(bytes.length), bytes];

/** Every choice of changes that reached the disk: in whatever order the disk liked. */
const subsets = (changes: readonly Change[]): readonly (readonly Change[])[] =>
  changes.reduce<readonly (readonly Change[])[]>(
    (chosen, change) => chosen.flatMap((some) => [some, [...some, change]]),
    [[]],
  );

const listings = (state: State, names: ReadonlyMap<string, number>): readonly Listing[] =>
  [...names].reduce<readonly Listing[]>(
    (found, [name, inode]) => {
      const behind = state.inodes.get(inode);
      const variants = behind === undefined ? [] : remains(behind);
      return found.flatMap((listing) => variants.map((bytes) => new Map(listing).set(name, bytes)));
    },
    [new Map<string, Uint8Array>()],
  );

const crashListings = (state: State): readonly Listing[] =>
  subsets(state.changes).flatMap((kept) => listings(state, apply(state.durableNames, kept)));

/** @param initial what is on the disk at the beginning, durable. */
export const crashingDirectory = (initial: Listing = new Map()): CrashingDirectory => {
  const start = [...initial].map(([name, bytes], index) => ({ name, bytes, inode: index }));
  let state: State = {
    inodes: new Map(start.map(({ inode, bytes }) => [inode, { bytes, synced: true }])),
    durableNames: new Map(start.map(({ name, inode }) => [name, inode])),
    changes: [],
  };
  const history: State[] = [state];
  let failing: { readonly step: number; readonly error: Error } | undefined;

  const step = (change: Partial<State>): void => {
    if (failing !== undefined && history.length >= failing.step) throw failing.error;
    state = { ...state, ...change };
    history.push(state);
  };
  const names = (): ReadonlyMap<string, number> => apply(state.durableNames, state.changes);
  const withInode = (inode: number, content: Inode): ReadonlyMap<number, Inode> =>
    new Map(state.inodes).set(inode, content);

  return {
    name: "a directory in memory",
    read: async (file, mostBytes) => {
      const inode = names().get(file);
      const bytes = inode === undefined ? undefined : state.inodes.get(inode)?.bytes;
      if (bytes !== undefined && bytes.length > mostBytes) throw new Error(`${file} is too large`);
      return bytes;
    },
    writeSynced: async (file, bytes) => {
      const inode = state.inodes.size;
      step({
        inodes: withInode(inode, { bytes: new Uint8Array(), synced: false }),
        changes: [...state.changes, [[file, inode]]],
      });
      step({ inodes: withInode(inode, { bytes, synced: false }) });
      step({ inodes: withInode(inode, { bytes, synced: true }) });
    },
    rename: async (from, to) => {
      const inode = names().get(from);
      if (inode === undefined) throw new Error(`there is no ${from}`);
      step({
        changes: [
          ...state.changes,
          [
            [from, undefined],
            [to, inode],
          ],
        ],
      });
    },
    syncDirectory: async () => step({ durableNames: names(), changes: [] }),
    now: () => listings({ ...state, inodes: settled(state.inodes) }, names())[0] ?? new Map(),
    steps: () => history.length - 1,
    leftAfter: (at) => {
      const then = history[at];
      return then === undefined ? [] : crashListings(then);
    },
    failFrom: (at, error) => {
      failing = { step: at, error };
    },
  };
};

const settled = (inodes: ReadonlyMap<number, Inode>): ReadonlyMap<number, Inode> =>
  new Map([...inodes].map(([inode, { bytes }]) => [inode, { bytes, synced: true }]));
