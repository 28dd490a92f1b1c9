/** A lock as far as this comparison edits it: its packages. Everything else in it stays. Pure. */
import type { LockedPackage } from "./pairs.ts";

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown, where: string): Json => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`the lock's ${where} is no object`);
  }
  return Object.fromEntries(Object.entries(value));
};

const list = (value: unknown, where: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`the lock's ${where} is no list`);
  return value;
};

const text = (value: unknown, where: string): string => {
  if (typeof value !== "string") throw new Error(`the lock's ${where} is no text`);
  return value;
};

const ARCHITECTURE = "x86_64";

const architectureOf = (lock: Json): Json =>
  object(object(lock["architectures"], "architectures")[ARCHITECTURE], ARCHITECTURE);

/** @throws Error when the text is no lock of an x86_64 image. */
export const packagesOfLock = (lockText: string): readonly LockedPackage[] =>
  list(architectureOf(object(JSON.parse(lockText), "document"))["packages"], "packages").map(
    (value) => {
      const entry = object(value, "package");
      return {
        ...entry,
        name: text(entry["name"], "name"),
        version: text(entry["version"], "version"),
        filename: text(entry["filename"], "filename"),
        sets: list(entry["sets"], "sets").map((set) => text(set, "set")),
      };
    },
  );

/** The lock with other packages, which are whole entries of a lock. @throws Error as `packagesOfLock`. */
export const withPackages = (lockText: string, packages: readonly LockedPackage[]): string => {
  const lock = object(JSON.parse(lockText), "document");
  const architecture = { ...architectureOf(lock), packages };
  return `${JSON.stringify({ ...lock, architectures: { [ARCHITECTURE]: architecture } })}\n`;
};
