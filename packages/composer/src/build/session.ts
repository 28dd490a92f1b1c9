/** What building, locking and planning have in common: the cache, the tools, where packages come from. */
import type { Clock, Exec } from "@slipway/host";
import type { Architecture, ImageDefinition } from "@slipway/ignition-config";
import { openStore, type StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Environment } from "../lock/http-get.ts";
import type { Progress } from "../progress.ts";
import { hostAptNetworkSettings, hostMirrors } from "../tools/host-apt.ts";
import { ensureToolbox } from "../tools/tree.ts";
import type { BuildContext } from "./context.ts";

export interface SessionOptions {
  readonly definitionFile: string;
  readonly definition: ImageDefinition;
  readonly architectures: readonly Architecture[];
  /** Where steps and packages are cached. */
  readonly cache: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Whose proxies remote sources are fetched through; default: none. */
  readonly environment?: Environment;
  /** Take packages as if there were no security updates: those of the last point release. For releases that are to be out of date. */
  readonly withoutSecurity?: boolean;
}

/** @throws ComposerError `NEEDS_ROOT`. */
export const requireRoot = (): void => {
  if (process.getuid?.() === 0) return;
  throw new ComposerError(
    "NEEDS_ROOT",
    "composing makes root-owned trees and mounts private file systems",
    { hint: "run it as root, or through sudo" },
  );
};

/** The sources of packages: the definition's mirror, or the host's own. Read once, when first needed. */
const packageSources = (exec: Exec, definition: ImageDefinition): BuildContext["sources"] => {
  let found: ReturnType<BuildContext["sources"]> | undefined;
  const find: BuildContext["sources"] = async () => {
    const { mirror } = definition.image;
    // Security updates keep coming from where the host gets them: a mirror of the archive seldom has them.
    const host = await hostMirrors().catch((error: unknown) => {
      if (mirror === undefined) throw error;
      return { archive: mirror, security: undefined };
    });
    return {
      mirrors: mirror === undefined ? host : { archive: mirror, security: host.security },
      aptSettings: await hostAptNetworkSettings(exec),
    };
  };
  return () => (found ??= find());
};

const withoutSecurity = async (
  found: ReturnType<BuildContext["sources"]>,
): ReturnType<BuildContext["sources"]> => {
  const { mirrors, aptSettings } = await found;
  return { mirrors: { ...mirrors, security: undefined }, aptSettings };
};

/** The cache, or a store in it whose steps are thrown away while its packages and sources are shared. */
const sessionStore = async (
  cache: string,
  throwAway: boolean,
): Promise<StepStore & AsyncDisposable> => {
  const store = await openStore(cache);
  if (!throwAway) return { ...store, [Symbol.asyncDispose]: async () => {} };
  const scratch = await store.scratch("no-cache");
  const fresh = await openStore(scratch.directory, store);
  return { ...fresh, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
};

/** Opens the cache and has the tools composed if they are not there. */
export const openSession = async (
  options: SessionOptions,
  { throwAway }: { readonly throwAway: boolean },
): Promise<BuildContext & AsyncDisposable> => {
  const { exec, clock, progress, definition, environment = {} } = options;
  // For us and every program we start: modes in a tree must not depend on who composes it.
  process.umask(0o022);
  const store = await sessionStore(options.cache, throwAway);
  try {
    const sources = packageSources(exec, definition);
    const toolbox = await ensureToolbox(exec, store, progress, "compose", sources);
    return {
      ...{ exec, clock, progress, environment, store, toolbox },
      sources: options.withoutSecurity === true ? () => withoutSecurity(sources()) : sources,
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
};
