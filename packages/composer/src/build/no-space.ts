/** Telling that a disk was full, whoever noticed it. */
import { statfs } from "node:fs/promises";
import { HostError } from "@slipway/host";
import { ComposerError } from "../errors.ts";

const saysFull = (error: unknown): boolean => {
  if (error instanceof HostError && /No space left on device/i.test(error.output ?? ""))
    return true;
  if (error instanceof SuppressedError) return saysFull(error.suppressed) || saysFull(error.error);
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "ENOSPC") || saysFull(error.cause);
};

/** Less than this is full: what failed to be written is gone again by the time we look. */
const LITTLE_BYTES = 512 * 1024 * 1024;

/**
 * Runs work that writes below `places`. A failure for want of space becomes one that names the place and what is free.
 * @throws ComposerError `NO_SPACE`, or whatever the work threw.
 */
export const withSpaceErrors = async <T>(
  places: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!saysFull(error)) throw error;
    const facts = await Promise.all(
      Object.entries(places).map(async ([name, directory]) => ({
        name,
        directory,
        free: await statfs(directory).then(
          ({ bavail, bsize }) => bavail * bsize,
          () => undefined,
        ),
      })),
    );
    const described = facts
      .filter(({ free }) => free !== undefined)
      .toSorted((a, b) => (a.free ?? 0) - (b.free ?? 0))
      .map(
        ({ name, directory, free = 0 }) =>
          `${directory} (${name}) has ${Math.floor(free / 1024 / 1024)} MiB free`,
      );
    const [least] = facts.toSorted((a, b) => (a.free ?? Infinity) - (b.free ?? Infinity));
    const which =
      least !== undefined && (least.free ?? Infinity) < LITTLE_BYTES
        ? `, probably ${least.name}`
        : "";
    throw new ComposerError(
      "NO_SPACE",
      `no space left on a disk${which}: ${described.join(", ")}`,
      {
        cause: error,
        hint: "make room, or choose other places with --cache and --out; nothing half-written was left, and what was finished is kept",
      },
    );
  }
};
