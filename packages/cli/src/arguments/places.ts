/** Where things go when the command line does not say. Pure. */
import path from "node:path";
import type { World } from "../world.ts";

type Surroundings = Pick<World, "environment" | "directory" | "home">;

/** The given directory, or `slipway` in the user's cache (XDG Base Directory Specification: a relative one is ignored). */
export const cacheDirectory = (
  given: string | undefined,
  { environment, directory, home }: Surroundings,
): string => {
  if (given !== undefined) return path.resolve(directory, given);
  const xdg = environment["XDG_CACHE_HOME"] ?? "";
  return path.join(path.isAbsolute(xdg) ? xdg : path.join(home, ".cache"), "slipway");
};

export const outputDirectory = (
  given: string | undefined,
  { directory }: Pick<Surroundings, "directory">,
): string => path.resolve(directory, given ?? "out");
