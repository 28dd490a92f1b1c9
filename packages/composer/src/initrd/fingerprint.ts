/** What decides an initrd beside its packages and its kernel, in one value for the cache. Pure. */
import { digestOf } from "../cache/key.ts";
import { OPENED_LIBRARIES, OTHER_FILES, PROGRAMS, UNITS } from "./contents.ts";
import { initrdOverlay } from "./overlay.ts";
import { INITRD_MODULES, INITRD_MODULES_LOADED } from "./wanted-modules.ts";

/** Changes with every list and every file of ours, so that no cached initrd outlives the text it was made from. */
export const initrdFingerprint = (): string =>
  digestOf([
    [PROGRAMS, OPENED_LIBRARIES, UNITS, OTHER_FILES, INITRD_MODULES, INITRD_MODULES_LOADED],
    initrdOverlay({ files: [], builtin: [], missing: [], known: [] }).map((entry) =>
      entry.kind === "file" && entry.content instanceof Uint8Array
        ? { ...entry, content: Buffer.from(entry.content).toString("utf8") }
        : entry,
    ),
  ]);
