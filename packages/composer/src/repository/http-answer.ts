/** What a static server answers to a request for a file of which it knows size and tag (RFC 9110). Pure. */

export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** A strong entity tag, quotes included. */
  readonly etag: string;
}

/** Which bytes of a file, ends inclusive as HTTP has them. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export type FileAnswer =
  | { readonly status: 200 }
  | { readonly status: 206; readonly range: ByteRange }
  | { readonly status: 304 }
  | { readonly status: 416 };

const headerOf = ({ headers }: Asked, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
};

/**
 * The one range that is asked for. Nothing for several ranges, other units and what is no range: all of that may be answered with the whole
 * file. `unsatisfiable` for a range of which the file has no byte.
 */
export const parseRange = (
  text: string | undefined,
  size: number,
): ByteRange | "unsatisfiable" | undefined => {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return undefined;
  return first >= size ? "unsatisfiable" : { first, last };
};

/** Whether a list of entity tags names this one, by the weak comparison that `If-None-Match` asks for. */
const names = (list: string, etag: string): boolean =>
  list.trim() === "*" || list.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);

export const answerFor = (asked: Asked, { size, etag }: FileFacts): FileAnswer => {
  const noneMatch = headerOf(asked, "if-none-match");
  if (noneMatch !== undefined && names(noneMatch, etag)) return { status: 304 };
  const ifRange = headerOf(asked, "if-range");
  const wantsRange = asked.method === "GET" && (ifRange === undefined || ifRange.trim() === etag);
  const range = wantsRange ? parseRange(headerOf(asked, "range"), size) : undefined;
  if (range === undefined) return { status: 200 };
  return range === "unsatisfiable" ? { status: 416 } : { status: 206, range };
};

/**
 * The path below the root that a request's target means; undefined for all that no file of a repository is called: other folders, hidden names,
 * dots, encoded slashes, queries.
 */
export const pathOfTarget = (target: string): string | undefined => {
  if (target.length > 1024 || !target.startsWith("/")) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(target.slice(1));
  } catch {
    return undefined;
  }
  const [folder] = path.split("/");
  const isServed = folder === "metadata" || folder === "targets" || folder === "blobs";
  return isServed && /^[a-z]+(?:\/[A-Za-z0-9][A-Za-z0-9._~^-]*)+$/.test(path) ? path : undefined;
};

/** Only the timestamp ever changes; a cache may keep the rest for good. */
export const cacheControl = (path: string): string =>
  path === "metadata/timestamp.json" ? "no-cache" : "public, max-age=31536000, immutable";

export const contentType = (path: string): string =>
  path.endsWith(".json") ? "application/json" : "application/octet-stream";
