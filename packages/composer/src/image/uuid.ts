import { hash } from "node:crypto";

/**
 * A UUID derived from words: version 8 of RFC 9562, whose 122 free bits are the head of a SHA-256. The same words
 * give the same UUID on every machine, other words another.
 */
export const derivedUuid = (...words: readonly [string, ...string[]]): string => {
  const digits = hash("sha256", JSON.stringify(["slipway", ...words]));
  const variant = ((Number.parseInt(digits.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
};
