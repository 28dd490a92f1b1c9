import { createHash } from "node:crypto";

/** A SHA-256 that takes bytes as they come. */
export const openSha256 = (): ReturnType<typeof createHash> => createHash("sha256");
export type OpenSha256 = ReturnType<typeof openSha256>;
