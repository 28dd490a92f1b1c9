/** Contents as a `data:` URL, in the shortest of three encodings. */
import { constants, deflateRawSync, gzipSync } from "node:zlib";

export interface EncodedContents {
  readonly source: string;
  /** Undefined where the contents had been compressed by the author. */
  readonly compression: "" | "gzip" | undefined;
}

const UNRESERVED = /^[A-Za-z0-9\-_.!~*'()]$/;

const ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return UNRESERVED.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

const escapeBytes = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (const byte of bytes) parts.push(ESCAPES[byte] ?? "");
  return parts.join("");
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

const GZIP_FRAME_BYTES = 18;

/** No compressed contents are shorter than this, encoded: with the frame there are at least 25 bytes. */
const SHORTEST_ZIPPED = ";base64,".length + 36 + "gzip".length;

/**
 * How long Butane's own compressed contents would be: Go ends a stream with an empty block, which costs four or five bytes.
 * Where ours come out shorter than plain contents only without it, Butane keeps them plain, and so do we.
 */
const zippedLength = (bytes: Uint8Array): number => {
  const stream = deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return 4 * Math.ceil((stream.length + GZIP_FRAME_BYTES) / 3);
};

/**
 * Encodes contents. `given` is the compression that the author named: then the contents are taken to be compressed already.
 * The compression is always answered otherwise, lest a config merged over another inherit that one's.
 */
export const encodeContents = (
  bytes: Uint8Array,
  given: string | undefined,
  mayCompress: boolean,
): EncodedContents => {
  const escaped = `,${escapeBytes(bytes)}`;
  const encoded = `;base64,${base64(bytes)}`;
  const best = encoded.length < escaped.length ? encoded : escaped;
  if (given !== undefined && given !== "")
    return { source: `data:${best}`, compression: undefined };
  if (mayCompress && best.length > SHORTEST_ZIPPED) {
    const cost = ";base64,".length + zippedLength(bytes) + "gzip".length;
    if (cost < best.length) {
      const zipped = gzipSync(bytes, { level: 9 });
      return { source: `data:;base64,${base64(zipped)}`, compression: "gzip" };
    }
  }
  return { source: `data:${best}`, compression: "" };
};

/** The first base's encoding: text is escaped, nothing else is tried. */
export const escapeContents = (bytes: Uint8Array): string => `data:,${escapeBytes(bytes)}`;
