/** A repository in memory that signs, rightly or wrongly. */
import { createHash } from "node:crypto";
import {
  type Channel,
  encodeCanonical,
  encodeChannel,
  encodeManifest,
  type ReleaseManifest,
  summarize,
} from "@slipway/release";
import { testKey, type TestKey } from "./test-keys.ts";

export type Signed = Record<string, unknown>;
export type Files = Map<string, Uint8Array>;

export const DAY = 86_400;
/** In days, as Slipway's repositories have them. */
export const LIFETIMES = {
  root: 365,
  targets: 90,
  image: 90,
  online: 14,
  snapshot: 14,
  timestamp: 7,
};

export const IMAGE = "base";
export const IMAGE_ROLE = "image-base";

/** The roles that a state of the repository is signed by, in the order of signing; the root is made apart. */
export const ROLES = [IMAGE_ROLE, "online", "targets", "snapshot", "timestamp"] as const;
export type RoleName = (typeof ROLES)[number] | "root";

export interface RoleKeys {
  readonly keys: readonly TestKey[];
  readonly threshold: number;
}

export type KeyPlan = Readonly<Record<RoleName, RoleKeys>>;

const one = (word: string): RoleKeys => ({ keys: [testKey(word)], threshold: 1 });

export const KEYS: KeyPlan = {
  root: { keys: [testKey("root 1"), testKey("root 2"), testKey("root 3")], threshold: 2 },
  targets: { keys: [testKey("targets 1"), testKey("targets 2")], threshold: 2 },
  [IMAGE_ROLE]: one("image"),
  online: one("online"),
  snapshot: one("snapshot"),
  timestamp: one("timestamp"),
};

/** How one state is made otherwise than it should be. */
export interface Wrong {
  /** Changes what a role signs, before it is signed: whatever refers to it fits. */
  readonly edit?: Partial<Record<RoleName, (signed: Signed) => Signed>>;
  /** Signs with these keys. */
  readonly signers?: Partial<Record<RoleName, readonly TestKey[]>>;
  /** Changes the whole signed text; whatever refers to it fits. */
  readonly text?: Partial<Record<RoleName, (text: string) => string>>;
}

export interface StateOptions extends Wrong {
  /** Seconds since 1970. */
  readonly now: number;
  /** When the offline roles signed, if it was not now. */
  readonly signedAt?: { readonly offline: number };
  readonly keys?: KeyPlan;
  readonly versions?: Partial<Record<RoleName, number>>;
  readonly manifests?: readonly ReleaseManifest[];
  readonly channels?: readonly Channel[];
  /** Signs what Slipway's canonical form has no text for, as TUF's own does. */
  readonly lax?: boolean;
  /** Without, parents list lengths and digests too. */
  readonly bare?: boolean;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The form of the specification. */
export const date = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

const keysJson = (roles: readonly RoleKeys[]): Signed =>
  Object.fromEntries(roles.flatMap(({ keys }) => keys.map(({ id, json }) => [id, json])));

const roleJson = ({ keys, threshold }: RoleKeys): Signed => ({
  keyids: keys.map(({ id }) => id),
  threshold,
});

/** Canonical form as tuf-js has it: control characters as they are, and names of every kind. */
const laxCanonical = (value: unknown): string => {
  if (typeof value === "string") return `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (Array.isArray(value)) return `[${value.map((item) => laxCanonical(item)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${laxCanonical(name)}:${laxCanonical(member)}`).join(",")}}`;
};

/** The text of a file of metadata. */
export const signedText = (
  signed: Signed,
  signers: readonly TestKey[],
  canonical: (value: Signed) => string = encodeCanonical,
): string => {
  const bytes = Buffer.from(canonical(signed));
  const signatures = signers.map((key) => ({ keyid: key.id, sig: key.sign(bytes) }));
  return JSON.stringify({ signatures, signed });
};

interface Sealed {
  readonly bytes: Uint8Array;
  readonly version: number;
}

const seal = (role: RoleName, signed: Signed, options: StateOptions): Sealed => {
  const edited = options.edit?.[role]?.(signed) ?? signed;
  const keys = options.keys ?? KEYS;
  const signers = options.signers?.[role] ?? keys[role].keys;
  const text = signedText(edited, signers, options.lax === true ? laxCanonical : encodeCanonical);
  const bytes = Buffer.from(options.text?.[role]?.(text) ?? text);
  return { bytes, version: Number(edited["version"]) };
};

const OFFLINE: readonly RoleName[] = ["root", "targets", IMAGE_ROLE];

const signedAt = (role: RoleName, { now, signedAt: at }: StateOptions): number =>
  (OFFLINE.includes(role) ? at?.offline : undefined) ?? now;

const common = (role: RoleName, type: string, options: StateOptions): Signed => {
  const life = LIFETIMES[role === IMAGE_ROLE ? "image" : role];
  return {
    _type: type,
    spec_version: "1.0.31",
    version: options.versions?.[role] ?? 1,
    expires: date(signedAt(role, options) + life * DAY),
  };
};

/** A root, signed by its own keys and by those of the one before. */
export const makeRoot = (
  options: StateOptions & { readonly before?: KeyPlan },
): { readonly path: string; readonly bytes: Uint8Array } => {
  const keys = options.keys ?? KEYS;
  const { root, targets, snapshot, timestamp } = keys;
  const signed = {
    ...common("root", "root", options),
    consistent_snapshot: true,
    keys: keysJson([root, targets, snapshot, timestamp]),
    roles: {
      root: roleJson(root),
      targets: roleJson(targets),
      snapshot: roleJson(snapshot),
      timestamp: roleJson(timestamp),
    },
  };
  const own = new Map([...(options.before?.root.keys ?? []), ...root.keys].map((k) => [k.id, k]));
  const signers = options.signers?.root ?? [...own.values()];
  const { bytes, version } = seal("root", signed, { ...options, signers: { root: signers } });
  return { path: `metadata/${version}.root.json`, bytes };
};

const target = (bytes: Uint8Array, custom?: unknown): Signed => ({
  length: bytes.length,
  hashes: { sha256: sha256(bytes) },
  ...(custom === undefined ? {} : { custom: { slipway: custom } }),
});

const metaOf = (sealed: Sealed, bare: boolean | undefined): Signed => ({
  version: sealed.version,
  ...(bare === true
    ? {}
    : { length: sealed.bytes.length, hashes: { sha256: sha256(sealed.bytes) } }),
});

/** Everything below the root, as static files. */
export const makeState = (options: StateOptions): Files => {
  const keys = options.keys ?? KEYS;
  const files: Files = new Map();
  const put = (path: string, bytes: Uint8Array): void => {
    const cut = path.lastIndexOf("/") + 1;
    files.set(`targets/${path.slice(0, cut)}${sha256(bytes)}.${path.slice(cut)}`, bytes);
  };
  const releases: Record<string, Signed> = {};
  for (const manifest of options.manifests ?? []) {
    const bytes = Buffer.from(encodeManifest(manifest));
    const path = `releases/${manifest.image}/${manifest.version}/${manifest.architecture}.json`;
    releases[path] = target(bytes, summarize(manifest));
    put(path, bytes);
  }
  const channels: Record<string, Signed> = {};
  for (const channel of options.channels ?? []) {
    const bytes = Buffer.from(encodeChannel(channel));
    const path = `channels/${channel.image}/${channel.name}.json`;
    channels[path] = target(bytes);
    put(path, bytes);
  }

  const add = (role: RoleName, signed: Signed, name = role as string): Sealed => {
    const sealed = seal(role, signed, options);
    const prefix = role === "timestamp" ? "" : `${sealed.version}.`;
    files.set(`metadata/${prefix}${name}.json`, sealed.bytes);
    return sealed;
  };
  const image = add(IMAGE_ROLE, { ...common(IMAGE_ROLE, "targets", options), targets: releases });
  const online = add("online", { ...common("online", "targets", options), targets: channels });
  const delegated = (name: "image-base" | "online", path: string): Signed => ({
    ...roleJson(keys[name]),
    name,
    paths: [path],
    terminating: true,
  });
  const targets = add("targets", {
    ...common("targets", "targets", options),
    targets: {},
    delegations: {
      keys: keysJson([keys[IMAGE_ROLE], keys.online]),
      roles: [delegated(IMAGE_ROLE, `releases/${IMAGE}/*/*`), delegated("online", "channels/*/*")],
    },
  });
  const snapshot = add("snapshot", {
    ...common("snapshot", "snapshot", options),
    meta: {
      "targets.json": metaOf(targets, options.bare),
      [`${IMAGE_ROLE}.json`]: metaOf(image, options.bare),
      "online.json": metaOf(online, options.bare),
    },
  });
  add("timestamp", {
    ...common("timestamp", "timestamp", options),
    meta: { "snapshot.json": metaOf(snapshot, options.bare) },
  });
  return files;
};
