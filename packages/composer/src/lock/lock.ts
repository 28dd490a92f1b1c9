/** The lock: everything an image is made from, by digest, so that it can be made again. Pure. */
import type { Architecture } from "@slipway/ignition-config";
import { decodePins } from "../accounts/decode-pins.ts";
import type { Accounts } from "../accounts/pins.ts";
import { ComposerError } from "../errors.ts";
import type { LockedSource } from "./remote-sources.ts";

/** What a locked package is for: it may be for several. Of an excerpt, single files are in the root. */
export type PackageSet = "root" | "excerpt" | "initrd" | "kernel" | "loader";

/** Which of the mirrors serves a package. */
export type ArchiveName = "archive" | "security";

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Debian's: `amd64`, `arm64` or `all`. */
  readonly architecture: string;
  /** Of the .deb, in bytes. */
  readonly size: number;
  /** Of the .deb, lower-case hex. */
  readonly sha256: string;
  /** Path below the mirror: `pool/main/…`. */
  readonly filename: string;
  readonly archive: ArchiveName;
  readonly sets: readonly PackageSet[];
}

export interface LockedArchitecture {
  /** Digest of what was asked for: when the definition asks for something else, it is resolved anew. */
  readonly request: string;
  readonly packages: readonly LockedPackage[];
}

export interface Lock {
  readonly image: string;
  /** The version that `epoch` was given to. */
  readonly version: string;
  /** SOURCE_DATE_EPOCH: seconds since 1970; rises with every version. */
  readonly epoch: number;
  /** Seconds since 1970: the archive's own date when the packages were resolved; dates what they install. */
  readonly snapshot: number;
  /** Salt of the verity tree, 32 bytes as hex; the same for every release of an image. */
  readonly salt: string;
  /** The programs that make the artifacts: name and version, for those whose output is in an artifact. */
  readonly tools: Readonly<Record<string, string>>;
  /** Ids of the image's accounts by name. Once given, an id is never changed or given to another. */
  readonly accounts: Accounts;
  /** What the config's remote sources gave, sorted by address; the same for every architecture. */
  readonly sources: readonly LockedSource[];
  readonly architectures: Readonly<Partial<Record<Architecture, LockedArchitecture>>>;
}

const SCHEMA = 1;

/** The lock as a file's text: stable order, one package or source a line, so that a change reads well in a diff. */
export const formatLock = (lock: Lock): string => {
  const { architectures, sources, ...head } = lock;
  const packages = Object.entries(architectures)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, locked]) => {
      const lines = locked.packages.map((entry) => `        ${JSON.stringify(entry)}`).join(",\n");
      return `    ${JSON.stringify(name)}: {\n      "request": ${JSON.stringify(locked.request)},\n      "packages": [\n${lines}\n      ]\n    }`;
    });
  const body = JSON.stringify({ schema: SCHEMA, ...head }, undefined, 2).replace(/\n}$/, "");
  const lines = sources.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  // Locks made before there were sources stay as they are.
  const section = sources.length === 0 ? "" : `  "sources": [\n${lines}\n  ],\n`;
  return `${body},\n${section}  "architectures": {\n${packages.join(",\n")}\n  }\n}\n`;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a lock's text.
 * @throws ComposerError `LOCK_INVALID` naming the file and the first value that is not as it must be.
 */
export const parseLock = (text: string, file: string): Lock => {
  const fail = (where: string, what: string): never => {
    throw new ComposerError("LOCK_INVALID", `${file}: ${where}: ${what}`, {
      hint: "restore the file from version control, or delete it to resolve everything anew",
    });
  };
  const object = (value: unknown, where: string): Json =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : fail(where, "must be an object");
  const string = (value: unknown, where: string, shape: RegExp): string =>
    typeof value === "string" && shape.test(value) ? value : fail(where, `must match ${shape}`);
  const integer = (value: unknown, where: string): number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : fail(where, "must be a whole number from 0 up");
  const list = (value: unknown, where: string): readonly unknown[] =>
    Array.isArray(value) ? value : fail(where, "must be a list");
  const record = <T>(
    value: unknown,
    where: string,
    decode: (entry: unknown, at: string) => T,
  ): Readonly<Record<string, T>> =>
    Object.fromEntries(
      Object.entries(object(value, where)).map(([key, entry]) => [
        string(key, where, /^[A-Za-z0-9_][A-Za-z0-9+._-]*$/),
        decode(entry, `${where}.${key}`),
      ]),
    );

  const lockedPackage = (value: unknown, where: string): LockedPackage => {
    const entry = object(value, where);
    return {
      name: string(entry["name"], `${where}.name`, /^[a-z0-9][a-z0-9+.-]*$/),
      version: string(entry["version"], `${where}.version`, /^[A-Za-z0-9.+~:-]+$/),
      architecture: string(entry["architecture"], `${where}.architecture`, /^[a-z0-9]+$/),
      size: integer(entry["size"], `${where}.size`),
      sha256: string(entry["sha256"], `${where}.sha256`, /^[0-9a-f]{64}$/),
      // No `..`: the name is joined to a mirror's address and never to a path of this machine.
      filename: string(
        entry["filename"],
        `${where}.filename`,
        /^(?!.*\.\.)[A-Za-z0-9][^\s?#]*\.deb$/,
      ),
      archive: entry["archive"] === "security" ? "security" : "archive",
      sets: list(entry["sets"], `${where}.sets`).map((set): PackageSet => {
        switch (set) {
          case "root":
          case "excerpt":
          case "initrd":
          case "kernel":
          case "loader":
            return set;
          default:
            return fail(`${where}.sets`, "must be root, excerpt, initrd, kernel or loader");
        }
      }),
    };
  };
  const source = (value: unknown, where: string): LockedSource => {
    const entry = object(value, where);
    return {
      url: string(entry["url"], `${where}.url`, /^https?:\/\/[\x21-\x7e]{1,8192}$/),
      size: integer(entry["size"], `${where}.size`),
      sha256: string(entry["sha256"], `${where}.sha256`, /^[0-9a-f]{64}$/),
      verification: list(entry["verification"], `${where}.verification`).map((hash, index) =>
        string(
          hash,
          `${where}.verification[${index}]`,
          /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{128})$/,
        ),
      ),
    };
  };
  const architecture = (value: unknown, where: string): LockedArchitecture => {
    const entry = object(value, where);
    return {
      request: string(entry["request"], `${where}.request`, /^[0-9a-f]{64}$/),
      packages: list(entry["packages"], `${where}.packages`).map((one, index) =>
        lockedPackage(one, `${where}.packages[${index}]`),
      ),
    };
  };

  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    return fail("not JSON", cause instanceof Error ? cause.message : String(cause));
  }
  const root = object(parsed, "lock");
  if (root["schema"] !== SCHEMA) fail("schema", `must be ${SCHEMA}`);
  const accounts = decodePins(root["accounts"]);
  const architectures = object(root["architectures"], "architectures");
  return {
    image: string(root["image"], "image", /^[a-z0-9][a-z0-9-]*$/),
    version: string(root["version"], "version", /^[A-Za-z0-9.~^-]+$/),
    epoch: integer(root["epoch"], "epoch"),
    snapshot: integer(root["snapshot"], "snapshot"),
    salt: string(root["salt"], "salt", /^[0-9a-f]{64}$/),
    tools: record(root["tools"], "tools", (v, at) => string(v, at, /^[A-Za-z0-9.+~:-]+$/)),
    accounts: accounts.ok ? accounts.pins : fail(`accounts.${accounts.where}`, accounts.message),
    sources: list(root["sources"] ?? [], "sources").map((one, index) =>
      source(one, `sources[${index}]`),
    ),
    architectures: {
      ...(architectures["x86_64"] === undefined
        ? {}
        : { x86_64: architecture(architectures["x86_64"], "architectures.x86_64") }),
      ...(architectures["aarch64"] === undefined
        ? {}
        : { aarch64: architecture(architectures["aarch64"], "architectures.aarch64") }),
    },
  };
};

/**
 * The epoch for `version`: unchanged for the version the lock was made for, and above every earlier one's for
 * another, so that `/usr`'s time rises from release to release (systemd's ConditionNeedsUpdate=).
 */
export const nextEpoch = (
  before: Pick<Lock, "version" | "epoch"> | undefined,
  version: string,
  snapshot: number,
): number => {
  if (before === undefined) return snapshot;
  return before.version === version ? before.epoch : Math.max(before.epoch + 1, snapshot);
};

/** The packages of one set, by name. */
export const packagesOf = (locked: LockedArchitecture, set: PackageSet): readonly LockedPackage[] =>
  locked.packages.filter((entry) => entry.sets.includes(set));
