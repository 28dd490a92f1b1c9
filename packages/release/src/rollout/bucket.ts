import { hash } from "node:crypto";

/** Hexadecimal digits of the digest that are used: as many bits of it as a number holds exactly, and no rounding up to 1. */
const BUCKET_DIGITS = 12;

/** Keeps this use of the salt apart from any other. */
const PURPOSE = "slipway rollout bucket";

/**
 * A node's place in [0, 1) within a rollout: evenly spread over the nodes, the same whenever it is asked for, and unrelated to the place
 * of the same node under another salt. Nothing but the node's id and the salt goes in, so that nobody need be asked.
 */
export const bucket = (nodeId: string, salt: string): number => {
  // Salts hold no zero byte: which part is the salt and which the id is never in doubt.
  const digest = hash("sha256", `${PURPOSE}\0${salt}\0${nodeId}`, "hex");
  return Number.parseInt(digest.slice(0, BUCKET_DIGITS), 16) / 16 ** BUCKET_DIGITS;
};
