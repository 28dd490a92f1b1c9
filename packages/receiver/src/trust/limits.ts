/** How much of what is claimed to be metadata is taken in beside its bytes, and how long that may take. */
import { MAX_LISTED_FILES } from "@slipway/release";

/** New roots taken in by one refresh; a node that missed more takes the others in the next one. */
export const MOST_ROTATIONS = 256;

/** Keys that one document may list, and signatures that it may carry. */
export const MOST_KEYS = 1024;

/**
 * How many entries the lists of a document may have. tuf-js copies a list once for each of its entries, before it looks at signatures: 2000 entries
 * cost a second on one core, 20 000 cost minutes, which anybody could make a node spend.
 */
export const MOST_ENTRIES: Readonly<Record<"targets" | "meta" | "roles", number>> = {
  targets: MAX_LISTED_FILES,
  meta: 2000,
  roles: 1000,
};

/** For one file of metadata, however slowly it trickles. */
export const FILE_LIMIT_MS = 60_000;

/** For everything that one source is asked for in one refresh. */
export const REFRESH_LIMIT_MS: number = 5 * 60_000;
