import { readDataUrl } from "../go/data-url.ts";
import { type GoUrl, parseGoUrl, queryValue } from "../go/url.ts";
import type { Minor } from "../schema/table.ts";
import { MESSAGES } from "./messages.ts";

/** The schemes of sources, with the first spec that knows them. */
const SCHEMES: ReadonlyMap<string, Minor> = new Map([
  ["http", 0],
  ["https", 0],
  ["tftp", 0],
  ["s3", 0],
  ["data", 0],
  ["gs", 2],
  ["arn", 4],
]);

const versionProblem = (url: GoUrl): string | undefined =>
  queryValue(url.rawQuery, "versionId") === "" ? MESSAGES.s3Version : undefined;

const arnProblem = (url: GoUrl): string | undefined => {
  const [, , service, , , ...resource] = `arn:${url.opaque}`.split(":");
  if (service !== "s3" || resource.length === 0) return MESSAGES.s3Arn;
  const needed = resource.join(":").startsWith("accesspoint/") ? 3 : 2;
  return url.opaque.split("/").length < needed ? MESSAGES.s3Arn : versionProblem(url);
};

/** What is wrong with the URL of a source. */
export const urlProblem = (text: string, minor: Minor): string | undefined => {
  const url = parseGoUrl(text);
  if (url === undefined) return MESSAGES.url;
  const since = SCHEMES.get(url.scheme);
  if (since === undefined || since > minor) return MESSAGES.urlScheme;
  if (url.scheme === "s3") return versionProblem(url);
  if (url.scheme === "arn") return arnProblem(url);
  if (url.scheme !== "data") return undefined;
  const read = readDataUrl(text);
  return "problem" in read ? read.problem : undefined;
};

/** Whether a URL is of HTTP; undefined where it cannot be parsed. */
export const isHttp = (text: string): boolean | undefined => {
  const url = parseGoUrl(text);
  return url === undefined ? undefined : url.scheme === "http" || url.scheme === "https";
};
