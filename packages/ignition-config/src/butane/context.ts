import type { Path } from "../report/finding.ts";
import type { Notes } from "./note.ts";
import type { LocalContents } from "./local-files.ts";
import type { ButaneShapes } from "./shapes.ts";
import type { Translations } from "./translations.ts";
import type { Dialect } from "./variants.ts";

/** What the steps of one translation share. */
export interface Context {
  readonly dialect: Dialect;
  readonly shapes: ButaneShapes;
  readonly locals: LocalContents;
  /** Whether contents may be compressed where that makes them shorter. */
  readonly mayCompress: boolean;
  readonly translations: Translations;
  /** Notes with paths of the document. */
  readonly sourceNotes: Notes;
  /** Notes with paths of the generated config. */
  readonly generatedNotes: Notes;
}

/** From a place in the document to a place in the generated config. */
export interface Route {
  readonly from: Path;
  readonly to: Path;
}

export const step = ({ from, to }: Route, yaml: string | number, json: string | number): Route => ({
  from: [...from, yaml],
  to: [...to, json],
});
