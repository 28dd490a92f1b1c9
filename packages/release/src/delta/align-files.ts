import type { Alignment } from "./align.ts";
import { align } from "./align.ts";
import { shadowOf } from "./elf-shadow.ts";

/** Which stretches of two versions of a file belong together, by what programs in them mean as far as that can be seen. */
export const alignFiles = (source: Uint8Array, target: Uint8Array): readonly Alignment[] =>
  align(shadowOf(source), shadowOf(target));
