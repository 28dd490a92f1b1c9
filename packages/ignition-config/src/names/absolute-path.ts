import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";

/** Limits of Linux: a name's and a path's bytes, without the terminating NUL. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4095;

/** A UTF-16 unit is at most three bytes: most texts are too short to be counted. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length > bytes / 3 && new TextEncoder().encode(text).length > bytes;

const violation = (message: string, hint: string): Violation => ({ rule: "path", message, hint });

/** The path without `//`, `.`, `..` and trailing slashes; `..` never leaves the root. */
export const cleanPath = (path: string): string => {
  const kept: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(name);
  }
  return `/${kept.join("/")}`;
};

const check = (path: string): Violation | undefined => {
  if (path === "") return violation("the path is empty", "give an absolute path");
  if (!path.startsWith("/")) {
    return violation(`path ${quote(path)} is not absolute`, `write \`/${path}\``);
  }
  const clean = cleanPath(path);
  if (clean !== path) return violation(`path ${quote(path)} is not clean`, `write \`${clean}\``);
  if (isLonger(path, MAX_PATH_BYTES)) {
    return violation(`the path is longer than ${MAX_PATH_BYTES} bytes`, "shorten it");
  }
  const long = path.split("/").find((name) => isLonger(name, MAX_NAME_BYTES));
  if (long === undefined) return undefined;
  return violation(`the name ${quote(long)} is longer than ${MAX_NAME_BYTES} bytes`, "shorten it");
};

/** Absolute and clean, so that one path has one spelling; `/` is valid. */
export const absolutePath: TextRule = { pattern: "^/", check };

/** As `absolutePath`, but not the root itself. */
export const absolutePathBelowRoot: TextRule = {
  pattern: "^/.",
  check: (path) =>
    path === "/" ? violation("the root cannot be this", "name a path below `/`") : check(path),
};
