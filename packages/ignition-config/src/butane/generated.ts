import type { Note } from "./entry.ts";
import type { Fields } from "./value.ts";

export const checkGenerated = (_config: Fields, _minor: number): readonly Note[] => [];
