import { createHmac } from "node:crypto";

/** Bits of the digest that are used: as many as bytes of it fit into a number exactly. */
const BUCKET_BYTES = 6;

/** Keeps this use of the salt apart from any other. */
const PURPOSE = "slipway rollout bucket\0";

/**
 * A node's place in [0, 1) within a rollout: evenly spread over the nodes, the same whenever it is asked for, and unrelated to the place
 * of the same node under another salt. Nothing but the node's id and the salt goes in, so that nobody need be asked.
 */
export const bucket = (nodeId: string, salt: string): number =>
  createHmac("sha256", salt).update(PURPOSE).update(nodeId).digest().readUIntBE(0, BUCKET_BYTES) /
  2 ** (8 * BUCKET_BYTES);
