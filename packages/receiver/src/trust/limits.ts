/** How much of what is claimed to be metadata is taken in, and how long that may take. The sizes are those of tuf-js. */

/** In bytes. */
export const MOST_BYTES = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 2_000_000,
  targets: 5_000_000,
} as const;

/** New roots taken in by one refresh; a node that missed more takes the others in the next one. */
export const MOST_ROTATIONS = 256;

/** Keys that one document may list. */
export const MOST_KEYS = 1024;

/** Releases or channels that one role may list. */
export const MOST_TARGETS = 20_000;

/** For one file of metadata, however slowly it trickles. */
export const FILE_LIMIT_MS = 60_000;

/** For everything that one source is asked for in one refresh. */
export const REFRESH_LIMIT_MS: number = 5 * 60_000;
