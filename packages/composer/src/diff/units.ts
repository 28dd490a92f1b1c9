/** Which units differ between two roots: their files, drop-ins, and what starts them. Pure. */
import { isUnitName, type Manager } from "../lint/unit-space.ts";
import { type Change, compareTexts } from "./order.ts";

/** A name in a directory of units, or in one of its directories `X.wants` and `X.d`. */
export interface UnitFile {
  readonly manager: Manager;
  /** Absolute, in the root. */
  readonly path: string;
  /** The directory of units it is in or below, such as `/usr/lib/systemd/system`. */
  readonly directory: string;
  /** The directory inside that one, such as `multi-user.target.wants`; empty for none. */
  readonly folder: string;
  readonly name: string;
  /** Of a link. */
  readonly target?: string;
}

/** What starts a unit, and the link that says so. */
export interface StartedBy {
  /** Such as `multi-user.target`. */
  readonly by: string;
  /** Below `/etc` it is enabled; below `/usr` its package wants it started. */
  readonly path: string;
}

/** A unit that is not in both releases the same. */
export interface UnitChange {
  readonly manager: Manager;
  readonly unit: string;
  readonly change: "added" | "removed" | "changed";
  /** Its file has other contents. */
  readonly isFileChanged: boolean;
  /** Its file is another one; undefined in a release that has none. */
  readonly file?: Change<string | undefined>;
  /** It is another name of this unit. */
  readonly alias?: Change<string | undefined>;
  readonly masked?: Change<boolean>;
  readonly startedBy: {
    readonly added: readonly StartedBy[];
    readonly removed: readonly StartedBy[];
  };
  /** Paths. */
  readonly dropIns: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
}

/** What one root makes of a unit. */
export interface UnitState {
  readonly manager: Manager;
  readonly unit: string;
  readonly file: string | undefined;
  readonly alias: string | undefined;
  readonly masked: boolean;
  readonly startedBy: readonly StartedBy[];
  readonly dropIns: readonly string[];
}

/**
 * Compares the units of two roots, ordered by manager and name. `changed` has the paths whose contents differ; files come in
 * the order of the load path, what comes first wins.
 */
export const compareUnits = (
  before: readonly UnitFile[],
  after: readonly UnitFile[],
  changed: ReadonlySet<string>,
): readonly UnitChange[] => {
  const [old, now] = [unitStates(before), unitStates(after)];
  return [...new Set([...old.keys(), ...now.keys()])].toSorted(compareTexts).flatMap((key) => {
    const change = changeOf(old.get(key), now.get(key), changed);
    return change === undefined ? [] : [change];
  });
};

const changeOf = (
  before: UnitState | undefined,
  after: UnitState | undefined,
  changed: ReadonlySet<string>,
): UnitChange | undefined => {
  const one = after ?? before;
  if (one === undefined) return undefined;
  const [old, now] = [before ?? absent(one), after ?? absent(one)];
  const startedBy = {
    added: now.startedBy.filter(({ path }) => !old.startedBy.some((other) => other.path === path)),
    removed: old.startedBy.filter(
      ({ path }) => !now.startedBy.some((other) => other.path === path),
    ),
  };
  const dropIns = {
    added: now.dropIns.filter((path) => !old.dropIns.includes(path)),
    removed: old.dropIns.filter((path) => !now.dropIns.includes(path)),
    changed: now.dropIns.filter((path) => old.dropIns.includes(path) && changed.has(path)),
  };
  const isFileChanged =
    old.file !== undefined &&
    old.file === now.file &&
    changed.has(old.file) &&
    old.alias === now.alias &&
    old.masked === now.masked;
  const isSame =
    old.file === now.file &&
    old.alias === now.alias &&
    old.masked === now.masked &&
    !isFileChanged &&
    [startedBy.added, startedBy.removed, ...Object.values(dropIns)].every(
      (list) => list.length === 0,
    );
  if (isSame) return undefined;
  return {
    manager: one.manager,
    unit: one.unit,
    change:
      old.file === undefined && now.file !== undefined
        ? "added"
        : old.file !== undefined && now.file === undefined
          ? "removed"
          : "changed",
    isFileChanged,
    ...(old.file === now.file ? {} : { file: { before: old.file, after: now.file } }),
    ...(old.alias === now.alias ? {} : { alias: { before: old.alias, after: now.alias } }),
    ...(old.masked === now.masked ? {} : { masked: { before: old.masked, after: now.masked } }),
    startedBy,
    dropIns,
  };
};

const absent = ({ manager, unit }: UnitState): UnitState => ({
  manager,
  unit,
  file: undefined,
  alias: undefined,
  masked: false,
  startedBy: [],
  dropIns: [],
});

/** The units of a root, by manager and name; files come in the order of the load path. */
export const unitStates = (files: readonly UnitFile[]): ReadonlyMap<string, UnitState> => {
  const states = new Map<string, UnitState>();
  const update = (file: UnitFile, unit: string, more: (state: UnitState) => Partial<UnitState>) => {
    const key = `${file.manager} ${unit}`;
    const state = states.get(key) ?? absent({ ...NO_STATE, manager: file.manager, unit });
    states.set(key, { ...state, ...more(state) });
  };
  for (const file of files) {
    const { folder, name, path, target } = file;
    const by = /^(.+)\.(?:wants|requires|upholds)$/.exec(folder)?.[1];
    const dropped = /^(.+)\.d$/.exec(folder)?.[1];
    if (folder === "" && isUnitName(name)) {
      update(file, name, (state) =>
        state.file === undefined ? fragmentOf(name, path, target) : {},
      );
    } else if (by !== undefined) {
      update(file, name, ({ startedBy }) => ({ startedBy: [...startedBy, { by, path }] }));
    } else if (dropped !== undefined && name.endsWith(".conf")) {
      update(file, dropped, ({ dropIns }) => ({ dropIns: [...dropIns, path] }));
    }
  }
  return states;
};

const NO_STATE = {
  file: undefined,
  alias: undefined,
  masked: false,
  startedBy: [],
  dropIns: [],
} as const;

const fragmentOf = (name: string, path: string, target: string | undefined): Partial<UnitState> => {
  const there = target?.split("/").at(-1);
  if (target === "/dev/null") return { file: path, masked: true };
  return there === undefined || there === name ? { file: path } : { file: path, alias: there };
};
