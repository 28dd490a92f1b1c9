/**
 * A YAML document as yaml.v3 sees it, the library that Butane reads with: aliases stay aliases, duplicate keys stay
 * where they are, and what a scalar means is decided by who reads it.
 */

interface Placed {
  /** Where the node begins, with its anchor and tag: a UTF-16 offset. */
  readonly start: number;
  /** The tag as written, YAML's own in their short form (`!!str`); empty where none is written. */
  readonly tag: string;
}

export interface RawScalar extends Placed {
  readonly kind: "scalar";
  readonly text: string;
  /** Whether it stood in quotes or in a block, and so is text unless a tag says otherwise. */
  readonly quoted: boolean;
}

export interface RawSequence extends Placed {
  readonly kind: "sequence";
  readonly items: readonly RawNode[];
}

export interface RawEntry {
  readonly key: RawNode;
  readonly value: RawNode;
}

export interface RawMapping extends Placed {
  readonly kind: "mapping";
  readonly entries: readonly RawEntry[];
}

export interface RawAlias extends Placed {
  readonly kind: "alias";
  readonly name: string;
  /** May be a collection that holds this very alias. */
  readonly target: Exclude<RawNode, RawAlias>;
}

export type RawNode = RawScalar | RawSequence | RawMapping | RawAlias;

/** The text that a key is known by where keys are looked up: yaml.v3 gives collections and aliases none of their own. */
export const keyText = (key: RawNode): string => {
  if (key.kind === "scalar") return key.text;
  return key.kind === "alias" ? key.name : "";
};
