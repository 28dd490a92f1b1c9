/** The report as Butane gives it. */
import type { Path } from "../report/finding.ts";

export interface Note {
  readonly kind: "error" | "warning" | "info";
  readonly message: string;
  /** In the YAML document, or in the generated config until it has been traced back. */
  readonly path: Path;
}

/** Collects notes; `path` is copied by nobody, so it must not be changed afterwards. */
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

export interface Entry {
  readonly kind: "error" | "warning" | "info";
  readonly path: Path;
  readonly message: string;
  readonly place?: { readonly line: number; readonly col: number };
}
