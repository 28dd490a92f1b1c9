/**
 * The plan of the house as data: who may import whom. It is the table of the architecture's section "Packages and who may
 * import whom"; packages that do not exist yet stand here already, so that they are born inside their walls.
 */
export interface PackagePlan {
  /** Our packages that this one's `src` may import. */
  readonly mayImport: readonly string[];
  /** Pure packages are core through and through: values in, values out. */
  readonly pure: boolean;
}

export const PLAN: Readonly<Record<string, PackagePlan>> = {
  "ignition-config": { mayImport: [], pure: true },
  release: { mayImport: [], pure: true },
  host: { mayImport: [], pure: false },
  receiver: { mayImport: ["release", "host"], pure: false },
  composer: { mayImport: ["ignition-config", "release", "host"], pure: false },
  agent: { mayImport: ["release", "receiver", "host"], pure: false },
  fleet: { mayImport: ["release", "host"], pure: false },
  cli: {
    mayImport: ["composer", "receiver", "fleet", "ignition-config", "release", "host"],
    pure: false,
  },
};

/** Node's modules that compute and touch nothing outside the process; core may use these and no other. */
export const PURE_NODE_MODULES: ReadonlySet<string> = new Set([
  "node:assert",
  "node:assert/strict",
  "node:buffer",
  "node:path",
  "node:path/posix",
  "node:string_decoder",
  "node:url",
  "node:util",
  "node:zlib",
]);

/** Of node:crypto, core may take the functions without luck in them, by name. */
export const PURE_CRYPTO_NAMES: ReadonlySet<string> = new Set([
  "createHash",
  "createHmac",
  "createPublicKey",
  "Hash",
  "hash",
  "timingSafeEqual",
  "verify",
  "X509Certificate",
]);

/** Packages whose types core may name although it may not run them: ports are passed in. */
export const PORT_PACKAGES: ReadonlySet<string> = new Set(["host"]);
