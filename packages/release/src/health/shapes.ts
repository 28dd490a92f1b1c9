/** Shapes and bounds of what health checks name. None of these patterns can backtrack. */
import type { Bounds, Shape } from "../wire/reader.ts";

export const MAX_CHECKS = 64;
export const MAX_UNITS = 64;
export const MAX_ARGUMENTS = 64;

export const DEADLINE: Bounds = { min: 60, max: 3600 };
export const SETTLE: Bounds = { min: 0, max: 900 };
export const TIMEOUT: Bounds = { min: 1, max: 300 };
export const INTERVAL: Bounds = { min: 1, max: 300 };
export const RETRIES: Bounds = { min: 0, max: 1000 };
export const EXIT_STATUS: Bounds = { min: 0, max: 255 };
export const HTTP_STATUS: Bounds = { min: 100, max: 599 };
export const PORT: Bounds = { min: 1, max: 65_535 };
export const FRESH: Bounds = { min: 1, max: 366 * 86_400 };
export const FREE_MIB: Bounds = { min: 1, max: 2 ** 30 };
export const FREE_PERCENT: Bounds = { min: 1, max: 99 };

export const UNIT: Shape = {
  pattern:
    /^[A-Za-z0-9:_.\\@-]{1,240}\.(?:service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/,
  is: "a unit's name with its suffix, such as nginx.service",
};

export const ABSOLUTE_PATH: Shape = {
  pattern: /^\/[^\p{Cc}\p{Cs}]{0,1023}$/u,
  is: "an absolute path on one line",
};

export const ARGUMENT: Shape = {
  pattern: /^[^\p{Cc}\p{Cs}]{0,4096}$/u,
  is: "one line of up to 4096 characters",
};

/** What a body or a file is searched for. */
export const SOUGHT: Shape = {
  pattern: /^[^\p{Cc}\p{Cs}]{1,1000}$/u,
  is: "one line of 1 to 1000 characters",
};

export const HOST: Shape = {
  pattern: /^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,252}$/,
  is: "a host's name or address",
};

/** A name or password in a URL would be readable in every image. */
export const parseHttpUrl = (value: unknown): string | undefined => {
  if (typeof value !== "string" || value.length > 2048 || /[\p{Cc}\p{Cs}\s\\]/u.test(value))
    return undefined;
  if (!/^https?:\/\/[^/?#]/i.test(value) || !URL.canParse(value)) return undefined;
  const { username, password } = new URL(value);
  return username === "" && password === "" ? value : undefined;
};
