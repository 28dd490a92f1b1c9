/** What is wrong with a file of a repository, and how whoever reads it hears of that. */
import { ComposerError } from "../errors.ts";

export interface Problem {
  /** Below the repository's root, with `/` between names. */
  readonly file: string;
  /** What is expired only needs signing again; what is broken is not what was published. */
  readonly kind: "broken" | "expired";
  /** A fact without the file's name. */
  readonly message: string;
}

export type Report = (problem: Problem) => void;

const HINT =
  "put back a good copy of the file, from a mirror or a backup; `slipway repo verify` names all that differ";

/** For those who build on what they read: the first broken file ends the work. An expired one is still as it was signed. */
export const refuseBroken: Report = ({ file, kind, message }) => {
  if (kind === "broken")
    throw new ComposerError("REPOSITORY_INVALID", `${file} ${message}`, { hint: HINT });
};

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
