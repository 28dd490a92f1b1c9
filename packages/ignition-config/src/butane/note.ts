/** Entries of the report before their places are known. */
import type { Entry } from "../ignition/entry.ts";
import type { Path } from "../report/finding.ts";

/** The path is one in the document, or one in the generated config until it has been traced back. */
export interface Note extends Omit<Entry, "place"> {
  /** The key of the object at `path` that the note is about; its place is that of the key, and it ends the path. */
  readonly key?: string | undefined;
}

/** Collects notes; a path is not copied, so it must not be changed afterwards. */
export class Notes {
  readonly list: Note[] = [];

  error(path: Path, message: string): void {
    this.list.push({ kind: "error", message, path });
  }

  warning(path: Path, message: string): void {
    this.list.push({ kind: "warning", message, path });
  }

  add(notes: readonly Note[]): void {
    for (const note of notes) this.list.push(note);
  }

  get isFatal(): boolean {
    return this.list.some(({ kind }) => kind === "error");
  }
}
