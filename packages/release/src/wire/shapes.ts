/** Shapes and bounds that several documents share. None of these patterns can backtrack. */
import type { Bounds, Shape } from "./reader.ts";

/** A name that becomes part of a file's name, on FAT too: hence lower case alone. */
export const IMAGE_NAME: Shape = {
  pattern: /^[a-z0-9][a-z0-9-]{0,62}$/,
  is: "up to 63 lower-case letters, digits and dashes",
};

/** What UAPI.10 orders and a file's name may hold; `..` and a leading dot or dash are nothing that a version begins with. */
export const VERSION: Shape = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/,
  is: "a version: up to 64 letters, digits and .~^-, a letter or digit first",
};

export const DIGEST: Shape = {
  pattern: /^[0-9a-f]{64}$/,
  is: "64 lower-case hexadecimal digits",
};

export const UUID: Shape = {
  pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  is: "a UUID in lower case",
};

export const NAME: Shape = {
  pattern: /^[a-z0-9][a-z0-9._-]{0,62}$/,
  is: "up to 63 lower-case letters, digits and ._-",
};

/** What an operator tells people; canonical form has no control characters. */
export const REASON: Shape = {
  pattern: /^[^\p{Cc}\p{Cs}]{1,500}$/u,
  is: "one line of 1 to 500 characters",
};

/** Seconds since 1970, up to the year 9999. */
export const MOMENT: Bounds = { min: 0, max: 253_402_300_799 };

/** 16 TiB: no artifact is larger, and sums of sizes stay exact. */
export const SIZE: Bounds = { min: 0, max: 2 ** 44 };
