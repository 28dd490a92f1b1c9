/** What editing accounts starts from and leads to. All edits are values: nothing is written before all are done. */
import type { AccountDefaults } from "./account-defaults.ts";
import type { Databases } from "./databases.ts";
import type { Accounts } from "./pins.ts";
import type { SubordinateIds } from "./subordinate-ids.ts";

export interface AccountState {
  readonly databases: Databases;
  /** Undefined where the tree has no such file: then none are given. */
  readonly subordinateUsers: readonly SubordinateIds[] | undefined;
  readonly subordinateGroups: readonly SubordinateIds[] | undefined;
}

export interface AccountRules {
  readonly defaults: AccountDefaults;
  /** Ids given away in earlier releases. */
  readonly pins: Accounts;
}

/** What an edit asks of the tree, in order. Paths are absolute within it. */
export type HomeEffect =
  /** Made with the skeleton's files unless something is there already. */
  | {
      readonly kind: "create";
      readonly path: string;
      readonly mode: number;
      readonly skeleton: string;
      readonly uid: number;
      readonly gid: number;
    }
  /** Nothing happens where there is no old one; an existing new one is a mistake. */
  | { readonly kind: "move"; readonly from: string; readonly to: string }
  /** Files of one owner go over to another, below the path. */
  | {
      readonly kind: "give";
      readonly path: string;
      readonly uid: { readonly from: number; readonly to: number };
      readonly gid: { readonly from: number; readonly to: number };
    }
  /** Only if it belongs to the user. */
  | { readonly kind: "remove"; readonly path: string; readonly uid: number };

export type Edited =
  | {
      readonly ok: true;
      readonly state: AccountState;
      readonly effects: readonly HomeEffect[];
    }
  /** A lower-case fact, and what to do where that helps. */
  | { readonly ok: false; readonly message: string; readonly hint?: string };

export const edited = (state: AccountState, effects: readonly HomeEffect[] = []): Edited => ({
  ok: true,
  state,
  effects,
});

export const refused = (message: string, hint?: string): Edited => ({
  ok: false,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** An empty text in a config is as good as none. */
export const given = (text: string | undefined): string | undefined =>
  text === "" ? undefined : text;

/** The entry changed by name; the others as they are. */
export const replaced = <T extends { readonly name: string }>(
  entries: readonly T[],
  name: string,
  change: (entry: T) => T,
): readonly T[] => entries.map((entry) => (entry.name === name ? change(entry) : entry));

export const without = <T extends { readonly name: string }>(
  entries: readonly T[],
  name: string,
): readonly T[] => entries.filter((entry) => entry.name !== name);
