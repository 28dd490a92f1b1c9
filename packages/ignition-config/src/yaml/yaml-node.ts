/** A YAML document as the author wrote it: scalars are still text, and everything knows its place. */
import type { Mark } from "../text/source-text.ts";

/** A node; an alias is its target with the place of the alias. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping | YamlBroken;

interface Placed {
  readonly at: Mark;
  /** Nodes and characters that this node stands for, aliases followed. */
  readonly weight: number;
}

export interface YamlScalar extends Placed {
  readonly kind: "scalar";
  readonly text: string;
  /** Whether the text may mean a number, a boolean or nothing: it stood without quotes, or a tag says so. */
  readonly plain: boolean;
  /** The variable whose value this is, where it stood alone. */
  readonly variable?: string;
}

export interface YamlSequence extends Placed {
  readonly kind: "sequence";
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

export interface YamlMapping extends Placed {
  readonly kind: "mapping";
  /** Each key once. */
  readonly entries: readonly YamlEntry[];
}

/** Something already reported; nothing more is to be said about it. */
export interface YamlBroken extends Placed {
  readonly kind: "broken";
}

/** Whether the scalar is YAML's null: nothing at all, `~` or `null`. */
export const isNull = (node: YamlNode): boolean =>
  node.kind === "scalar" && node.plain && /^(?:~|null|Null|NULL|)$/.test(node.text);

/** The entries of a mapping; none of anything else. */
export const entriesOf = (node: YamlNode | undefined): readonly YamlEntry[] =>
  node?.kind === "mapping" ? node.entries : [];

/** The value of a mapping's key. Looks through all entries: for the few keys that are asked for by name. */
export const entryOf = (node: YamlNode | undefined, name: string): YamlNode | undefined =>
  entriesOf(node).find(({ key }) => key.text === name)?.value;
