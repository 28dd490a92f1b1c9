/** Where trust starts when the agent does: from what was kept, or from the root in the image. */
import { isDeepStrictEqual } from "node:util";
import { readDocument } from "./document.ts";
import { refusal } from "./refusal.ts";
import type { TrustState } from "./trust-state.ts";
import { openSet } from "./trusted-set.ts";

type Content = Omit<TrustState, "generation">;

const INITIAL = { file: "the root of metadata", source: "the booted image" };

/** The root, if it is one that its own keys signed. */
const readRoot = (bytes: Uint8Array): ReturnType<typeof readDocument> | undefined => {
  try {
    openSet(bytes, new Date(0));
    return readDocument(bytes, "root", { file: "root", source: "what was kept" });
  } catch {
    return undefined;
  }
};

/**
 * What was kept counts, unless the image knows better. The image was verified before it was booted, so its root may take the kept one's place:
 * when it is newer, and when it is of the same version and another (the node was given to another repository: what was kept is of the old one).
 * @throws ReceiverError where the image's root is none
 */
export const startingState = (
  kept: TrustState | undefined,
  initialRoot: Uint8Array,
  log: (line: string) => void,
): Content => {
  const initial = readDocument(initialRoot, "root", INITIAL);
  // Its own signatures are checked now, not when somebody else's files are held against it.
  try {
    openSet(initialRoot, new Date(0));
  } catch (cause) {
    throw refusal("BAD_METADATA", INITIAL, "is not signed by its own keys", {
      cause,
      hint: "build the image again with the repository's root in it",
    });
  }
  const afresh: Content = {
    root: initialRoot,
    roles: new Map(),
    channels: new Map(),
    lastSeen: kept?.lastSeen ?? 0,
  };
  if (kept === undefined) return afresh;
  const root = readRoot(kept.root);
  if (root === undefined) {
    log("the root that was kept is none; starting from the one in the image");
    return afresh;
  }
  if (root.version > initial.version) return kept;
  if (root.version < initial.version) return { ...kept, root: initialRoot };
  if (isDeepStrictEqual(root.signed, initial.signed)) return kept;
  log(
    `the image's root ${initial.version} is another than the one that was kept; starting from the image's`,
  );
  return afresh;
};
