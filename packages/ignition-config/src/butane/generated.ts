import type { Note } from "./entry.ts";
import type { ObjectShape } from "./shape.ts";
import type { Fields } from "./value.ts";

export const checkGenerated = (_config: Fields, _shape: ObjectShape, _minor: number): readonly Note[] => [];
