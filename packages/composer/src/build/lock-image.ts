/** `slipway lock`: resolves a definition's packages and writes its lock. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { ensureLock } from "../lock/ensure.ts";
import { lockFileOf } from "../lock/file.ts";
import { withSpaceErrors } from "./no-space.ts";
import { openSession, requireRoot, type SessionOptions } from "./session.ts";

export interface LockedImage {
  /** The lock's file. */
  readonly file: string;
  /** Whether it says anything that it did not say before. */
  readonly changed: boolean;
  /** Packages by architecture. */
  readonly packages: Readonly<Partial<Record<Architecture, number>>>;
}

/**
 * Brings the lock up to date and fetches its packages and sources. The ids of accounts get into it when the image is built.
 * @throws what `ensureLock` throws.
 */
export const lockImage = async (options: SessionOptions): Promise<LockedImage> => {
  requireRoot();
  const lock = path.dirname(options.definitionFile);
  return withSpaceErrors({ cache: options.cache, lock }, () => bringUpToDate(options));
};

const bringUpToDate = async (options: SessionOptions): Promise<LockedImage> => {
  await using context = await openSession(options, { throwAway: false });
  const file = lockFileOf(options.definitionFile);
  const before = await readFile(file, "utf8").catch(() => undefined);
  const lock = await ensureLock(context, {
    file,
    ...options.definition,
    architectures: options.architectures,
    locked: false,
  });
  return {
    file,
    changed: (await readFile(file, "utf8")) !== before,
    packages: Object.fromEntries(
      Object.entries(lock.architectures).map(([name, locked]) => [name, locked.packages.length]),
    ),
  };
};
