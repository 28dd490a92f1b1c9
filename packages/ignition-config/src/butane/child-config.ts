import type { Path } from "../report/finding.ts";
import type { Notes } from "./entry.ts";

export const checkChildConfig = (_text: string, _path: Path, _minor: number, _notes: Notes): void => {};
