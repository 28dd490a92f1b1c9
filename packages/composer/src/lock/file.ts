/** The lock's file beside its definition. */
import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { formatLock, type Lock, parseLock } from "./lock.ts";

/** `images/base.yaml` → `images/base.lock.json`. */
export const lockFileOf = (definitionFile: string): string =>
  path.join(
    path.dirname(definitionFile),
    `${path.basename(definitionFile).replace(/\.(ya?ml|json|bu)$/, "")}.lock.json`,
  );

/** @throws ComposerError `LOCK_INVALID`. Undefined when there is no lock. */
export const readLock = async (file: string): Promise<Lock | undefined> => {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseLock(text, file);
};

/** Replaces the file as a whole: written beside it, made durable, renamed. Does nothing if nothing changed. */
export const writeLock = async (file: string, lock: Lock): Promise<void> => {
  const text = formatLock(lock);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === text) return;
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await using handle = await open(temporary, "w");
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, file);
};
