import { cleanPath } from "../go/path.ts";
import { MESSAGES } from "./messages.ts";

/** What is wrong with a path that must be absolute and as short as it can be. */
export const pathProblem = (path: string): string | undefined => {
  if (path === "") return MESSAGES.pathMissing;
  if (!path.startsWith("/")) return MESSAGES.pathRelative;
  return cleanPath(path) === path ? undefined : MESSAGES.pathUnclean;
};
