/** Where things go when the command line does not say. Pure. */
import path from "node:path";
import type { World } from "../world.ts";

type Surroundings = Pick<World, "environment" | "directory" | "home">;

/** XDG Base Directory Specification: a relative one is ignored. */
const userCache = ({ environment, home }: Pick<Surroundings, "environment" | "home">): string => {
  const xdg = environment["XDG_CACHE_HOME"] ?? "";
  return path.isAbsolute(xdg) ? xdg : path.join(home, ".cache");
};

/** Where node keeps our compiled sources; beside the build's cache, which is the composer's alone. */
export const codeCacheDirectory = (
  surroundings: Pick<Surroundings, "environment" | "home">,
): string => path.join(userCache(surroundings), "slipway-code");

/** The given directory, or `slipway` in the user's cache. */
export const cacheDirectory = (given: string | undefined, surroundings: Surroundings): string =>
  given === undefined
    ? path.join(userCache(surroundings), "slipway")
    : path.resolve(surroundings.directory, given);

export const outputDirectory = (
  given: string | undefined,
  { directory }: Pick<Surroundings, "directory">,
): string => path.resolve(directory, given ?? "out");
