/** The way to a value: member names and list indexes from 0. */
export type Path = readonly (string | number)[];

/** What can be wrong with a document, one rule a kind. The names are stable. */
export type FindingRule =
  | "too-large"
  | "not-json"
  | "not-canonical"
  | "too-deep"
  | "schema-too-new"
  | "missing"
  | "unknown-member"
  | "wrong-type"
  | "out-of-range"
  | "bad-shape"
  | "too-many"
  | "contradiction"
  | "duplicate-version"
  | "not-signed"
  | "salt-reused"
  | "waves-overlap"
  | "soak-cut-short"
  | "share-not-rising"
  | "never-complete"
  | "barrier-impassable"
  | "epoch-falls"
  | "offer-lost";

/** One thing to say about a document. The same shape as a finding of the language, so that one presenter shows both. */
export interface Finding {
  /** Only errors make a document unusable. */
  readonly level: "error" | "warning";
  readonly rule: FindingRule;
  /** A lower-case fact with its operand in it, without a full stop. */
  readonly message: string;
  /** What to do about it, an imperative sentence. */
  readonly hint?: string;
  readonly path: Path;
}

/** What a decoder answers: the value, or every reason why there is none. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** A path as text: `waves[2].start`; names that are no plain words are quoted. The document itself is `the document`. */
export const formatPath = (path: Path): string =>
  path.length === 0
    ? "the document"
    : path
        .map((step, index) => {
          if (typeof step === "number") return `[${step}]`;
          const word = /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? step : JSON.stringify(step);
          return index === 0 ? word : `.${word}`;
        })
        .join("");
