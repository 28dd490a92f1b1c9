/** What a node remembers of a repository, and the text in which it is kept. Pure. */
import { createHash } from "node:crypto";
import { asRecord, type UnknownRecord } from "./plain-value.ts";

/** The files of metadata that were verified last, all of one state of the repository. Names are those of TUF's roles. */
export interface TrustState {
  /** Rises with each writing. */
  readonly generation: number;
  /** The latest moment at which a whole refresh was verified, in seconds since 1970: it cannot have been earlier since. */
  readonly lastSeen: number;
  /** The newest root that was verified. */
  readonly root: Uint8Array;
  /** `timestamp`, `snapshot`, `targets`, and the delegated roles that were asked for. */
  readonly roles: ReadonlyMap<string, Uint8Array>;
  /**
   * The channel that was asked for last, by TUF's path of it, so that a look that finds nothing new need not fetch it again. It is held against the
   * signed list each time, as it is when it is fetched.
   */
  readonly channels: ReadonlyMap<string, Uint8Array>;
}

/** A later schema means that an older agent must not read it; members that are only added do not raise it. */
const STATE_SCHEMA = 1;

const HEADER = "slipway-trust";

/** In bytes: every role at its largest, with the escapes that JSON adds. */
export const MOST_STATE_BYTES: number = 64 * 2 ** 20;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const textOf = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(bytes);

const textsOf = (files: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, textOf(bytes)]));

const filesOf = (texts: UnknownRecord): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.entries(texts).flatMap(([name, text]) =>
      typeof text === "string" ? [[name, Buffer.from(text)] as const] : [],
    ),
  );

/** The state as it is written: a line with the digest of the rest, so that a torn or spoilt file shows. */
export const encodeState = (state: TrustState): Uint8Array => {
  const { generation, lastSeen, root, roles, channels } = state;
  const body = `${JSON.stringify({
    schema: STATE_SCHEMA,
    generation,
    lastSeen,
    root: textOf(root),
    roles: textsOf(roles),
    channels: textsOf(channels),
  })}\n`;
  return Buffer.from(`${HEADER} ${digestOf(body)}\n${body}`);
};

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const decodeBody = (body: string): TrustState | string => {
  const parsed: unknown = JSON.parse(body);
  const state = asRecord(parsed);
  if (state?.["schema"] !== STATE_SCHEMA) return `has a schema other than ${STATE_SCHEMA}`;
  const { generation, lastSeen, root } = state;
  const roles = asRecord(state["roles"]);
  if (!isCount(generation) || !isCount(lastSeen) || typeof root !== "string" || roles === undefined)
    return "lacks a member";
  return {
    generation,
    lastSeen,
    root: Buffer.from(root),
    roles: filesOf(roles),
    // An agent from before there was this member wrote none.
    channels: filesOf(asRecord(state["channels"]) ?? {}),
  };
};

/** The state that was written, or why these bytes are none, as words that follow the file's name. */
export const decodeState = (bytes: Uint8Array): TrustState | string => {
  try {
    const text = textOf(bytes);
    const end = text.indexOf("\n");
    const [header, digest] = text.slice(0, Math.max(end, 0)).split(" ");
    const body = text.slice(end + 1);
    if (header !== HEADER || digest !== digestOf(body)) return "is torn or spoilt";
    return decodeBody(body);
  } catch {
    return "is not text";
  }
};
