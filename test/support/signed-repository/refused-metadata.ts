/** Every way in which metadata can be wrong, as data. */
import type { ReceiverErrorCode } from "@slipway/receiver";
import { NOW, soundFiles } from "./sound.ts";
import { testKey, underAnotherId } from "./test-keys.ts";
import {
  DAY,
  date,
  type Files,
  IMAGE_ROLE,
  KEYS,
  makeRoot,
  type RoleName,
  ROLES,
  type Signed,
  type StateOptions,
} from "./test-repository.ts";

export interface RefusedCase {
  readonly title: string;
  readonly code: ReceiverErrorCode;
  /** The role in whose file the fault is. */
  readonly role: RoleName;
  /** What is served after the node has seen the sound second state. */
  readonly files: () => Files;
  /** Only by what was seen before can it be told. */
  readonly needsMemory?: true;
}

/** One version for all roles below the root. */
export const versions = (version: number): Partial<Record<RoleName, number>> =>
  Object.fromEntries(ROLES.map((role) => [role, version]));

/** The state that the node has seen. */
export const seenFiles = (more: Partial<StateOptions> = {}): Files =>
  soundFiles({ versions: versions(2), ...more });

const next = (more: Partial<StateOptions>): Files => soundFiles({ versions: versions(3), ...more });

const withRoot = (more: Partial<StateOptions>): Files => {
  const root = makeRoot({ now: NOW, versions: { root: 2 }, ...more });
  return next({}).set("metadata/2.root.json", root.bytes);
};

/** The third state with one role's file made otherwise. */
const wrong = (role: RoleName, how: (role: RoleName) => Partial<StateOptions>): Files =>
  role === "root" ? withRoot(how(role)) : next(how(role));

const ALL_ROLES: readonly RoleName[] = ["root", ...ROLES];

const forEach = (
  roles: readonly RoleName[],
  title: string,
  code: ReceiverErrorCode,
  how: (role: RoleName) => Partial<StateOptions>,
): readonly RefusedCase[] =>
  roles.map((role) => ({
    title: `${role} ${title}`,
    code,
    role,
    files: () => wrong(role, how),
  }));

const edit = (change: (signed: Signed) => Signed) => (role: RoleName) => ({
  edit: { [role]: change },
});
const text = (change: (text: string) => string) => (role: RoleName) => ({
  text: { [role]: change },
});

const strangers = [testKey("stranger 1"), testKey("stranger 2")];

const othersOf = (role: RoleName): RoleName => {
  if (role === "root") return "timestamp";
  if (role === IMAGE_ROLE) return "online";
  if (role === "online") return IMAGE_ROLE;
  return role === "timestamp" ? "snapshot" : "timestamp";
};

const SIGNATURES: readonly RefusedCase[] = [
  ...forEach(ALL_ROLES, "is not signed", "UNSIGNED", (role) => ({ signers: { [role]: [] } })),
  ...forEach(["root", "targets"], "is signed by one key of two", "HALF_SIGNED", (role) => ({
    signers: { [role]: KEYS[role].keys.slice(0, 1) },
  })),
  ...forEach(ALL_ROLES, "is signed with another role's key", "WRONG_KEY", (role) => ({
    signers: { [role]: KEYS[othersOf(role)].keys },
  })),
  ...forEach(ALL_ROLES, "is signed with keys that nobody named", "WRONG_KEY", (role) => ({
    signers: { [role]: strangers },
  })),
  ...forEach(
    ALL_ROLES,
    "was changed after it was signed",
    "BAD_SIGNATURE",
    text((whole) => whole.replace(/"expires":"20\d\d/, '"expires":"2099')),
  ),
  ...forEach(
    ALL_ROLES,
    "carries a signature twice",
    "DUPLICATE_SIGNATURE",
    text((whole) => whole.replace(/"signatures":\[(\{.*?\})/, '"signatures":[$1,$1')),
  ),
];

/** The second key of a role is its first under another id: the threshold of two would be reached by one holder. */
const twiceNamed = (role: "root" | "targets" | typeof IMAGE_ROLE) => {
  const [first] = KEYS[role].keys;
  if (first === undefined) throw new Error("a role has keys");
  return {
    ...KEYS,
    [role]: { keys: [first, underAnotherId(first, "0".repeat(64))], threshold: 2 },
  };
};

const KEYS_AND_THRESHOLDS: readonly RefusedCase[] = [
  {
    title: "root names one key under two ids",
    code: "DUPLICATE_KEY",
    role: "root",
    files: () => {
      const keys = twiceNamed("targets");
      const root = makeRoot({ now: NOW, versions: { root: 2 }, keys });
      return next({ keys }).set(root.path, root.bytes);
    },
  },
  {
    title: "targets names one key under two ids",
    code: "DUPLICATE_KEY",
    role: "targets",
    files: () => next({ keys: twiceNamed(IMAGE_ROLE) }),
  },
  ...[0, -1, 1.5, "1"].map((threshold): RefusedCase => {
    const isFraction = threshold === 1.5;
    return {
      title: `root with the threshold ${JSON.stringify(threshold)}`,
      code: isFraction ? "AMBIGUOUS_JSON" : "BAD_THRESHOLD",
      role: "root",
      files: () =>
        withRoot(
          text((whole) =>
            whole.replace('"threshold":2', `"threshold":${JSON.stringify(threshold)}`),
          )("root"),
        ),
    };
  }),
  ...[0, 2].map((threshold): RefusedCase => ({
    title: `targets that asks for ${threshold} of an image role's one key`,
    code: "BAD_THRESHOLD",
    role: "targets",
    files: () => next({ keys: { ...KEYS, [IMAGE_ROLE]: { ...KEYS[IMAGE_ROLE], threshold } } }),
  })),
];

const EXPIRY: readonly RefusedCase[] = [
  ...forEach(
    ALL_ROLES,
    "has expired",
    "EXPIRED",
    edit((signed) => ({ ...signed, expires: date(NOW) })),
  ),
  ...forEach(
    ALL_ROLES,
    "has an expiry in the machine's own time zone",
    "BAD_METADATA",
    edit((signed) => ({ ...signed, expires: "2099-01-01T00:00:00" })),
  ),
];

const ROLLBACKS: readonly RefusedCase[] = [
  {
    title: "timestamp goes back by one version",
    code: "ROLLED_BACK",
    role: "timestamp",
    files: () => soundFiles(),
    needsMemory: true,
  },
  {
    title: "snapshot goes back by one version",
    code: "ROLLED_BACK",
    role: "timestamp",
    files: () => next({ versions: { ...versions(3), snapshot: 1 } }),
    needsMemory: true,
  },
  ...(["targets", IMAGE_ROLE, "online"] as const).map((role): RefusedCase => ({
    title: `${role} goes back by one version`,
    code: "ROLLED_BACK",
    role: "snapshot",
    files: () => next({ versions: { ...versions(3), [role]: 1 } }),
    needsMemory: true,
  })),
  {
    title: "root leaves a version out",
    code: "MIXED_UP",
    role: "root",
    files: () =>
      withRoot(edit((signed) => ({ ...signed, version: 3 }))("root")).set(
        "metadata/2.root.json",
        makeRoot({ now: NOW, versions: { root: 3 } }).bytes,
      ),
  },
  {
    title: "root is the one before under the next one's name",
    code: "MIXED_UP",
    role: "root",
    files: () => next({}).set("metadata/2.root.json", makeRoot({ now: NOW }).bytes),
  },
  ...[0, -1, "3", null].map((version): RefusedCase => ({
    title: `timestamp has the version ${JSON.stringify(version)}`,
    code: "BAD_METADATA",
    role: "timestamp",
    files: () => next(edit((signed) => ({ ...signed, version }))("timestamp")),
  })),
];

const laterBy = (role: RoleName): Partial<StateOptions> => ({
  edit: { [role]: (signed: Signed) => ({ ...signed, expires: date(NOW + 60 * DAY) }) },
});

const FORKS: readonly RefusedCase[] = [
  {
    title: "timestamp has the version that was seen, and other contents",
    code: "FORKED",
    role: "timestamp",
    files: () => seenFiles(laterBy("timestamp")),
    needsMemory: true,
  },
  ...(["snapshot", "targets", IMAGE_ROLE, "online"] as const).map((role): RefusedCase => ({
    title: `${role} has the version that was seen, and other contents`,
    code: "FORKED",
    role,
    files: () =>
      next({
        ...laterBy(role),
        versions: { ...versions(3), ...(role === "snapshot" ? {} : { snapshot: 3 }), [role]: 2 },
      }),
    needsMemory: true,
  })),
];

/** The third state with a file of another one in the place of its own. */
const swapped = (path: string, from: Files, fromPath = path, bare = false): Files => {
  const bytes = from.get(fromPath);
  if (bytes === undefined) throw new Error(`there is no ${fromPath}`);
  return next({ bare }).set(path, bytes);
};

const other = (bare = false): Files => next({ now: NOW + 60, bare });

const MIXTURES: readonly RefusedCase[] = [
  ...(["snapshot", "targets", IMAGE_ROLE, "online"] as const).flatMap((role): RefusedCase[] => [
    {
      title: `${role} is that of another state with the same versions`,
      code: "MIXED_UP",
      role,
      files: () => swapped(`metadata/3.${role}.json`, other()),
    },
    {
      title: `${role} is an older one under the name of the newer, and no digests are listed`,
      code: "MIXED_UP",
      role,
      files: () =>
        swapped(
          `metadata/3.${role}.json`,
          seenFiles({ bare: true }),
          `metadata/2.${role}.json`,
          true,
        ),
    },
    {
      title: `${role} is not there`,
      code: "NOT_FOUND",
      role,
      files: () => {
        const files = next({});
        files.delete(`metadata/3.${role}.json`);
        return files;
      },
    },
  ]),
  {
    title: "targets is the online role's list, and no digests are listed",
    code: "WRONG_KEY",
    role: "targets",
    files: () => swapped("metadata/3.targets.json", other(true), "metadata/3.online.json", true),
  },
  {
    title: "timestamp is a snapshot",
    code: "MIXED_UP",
    role: "timestamp",
    files: () => swapped("metadata/timestamp.json", other(), "metadata/3.snapshot.json"),
  },
  {
    title: "snapshot lists no targets",
    code: "MIXED_UP",
    role: "snapshot",
    files: () => next(edit((signed) => ({ ...signed, meta: {} }))("snapshot")),
  },
];

const inside = (member: string) => (whole: string) =>
  whole.replace('"signed":{', `"signed":{${member},`);

const READINGS: readonly (readonly [string, ReceiverErrorCode, (whole: string) => string])[] = [
  ["has a member twice", "AMBIGUOUS_JSON", inside('"version":1')],
  ["has a member twice, once escaped", "AMBIGUOUS_JSON", inside('"vers\\u0069on":1')],
  ["has a member __proto__", "AMBIGUOUS_JSON", inside('"__proto__":{"version":9}')],
  ["holds a fraction", "AMBIGUOUS_JSON", inside('"x":1.5')],
  ["holds a number beyond 2^53", "AMBIGUOUS_JSON", inside('"x":9007199254740993')],
  ["holds minus zero", "AMBIGUOUS_JSON", inside('"x":-0')],
  ["holds half a character", "AMBIGUOUS_JSON", inside('"x":"\\ud800"')],
  ["is nested 1000 deep", "AMBIGUOUS_JSON", inside(`"x":${"[".repeat(1000)}${"]".repeat(1000)}`)],
  ["begins with a byte order mark", "BAD_METADATA", (whole) => `\ufeff${whole}`],
  ["is cut short", "BAD_METADATA", (whole) => whole.slice(0, -10)],
  ["is empty", "BAD_METADATA", () => ""],
  ["is a list", "BAD_METADATA", (whole) => `[${whole}]`],
  ["has no signed part", "BAD_METADATA", () => '{"signatures":[]}'],
  ["has no signatures", "BAD_METADATA", (whole) => whole.replace('"signatures"', '"others"')],
  [
    "has signatures without key ids",
    "BAD_METADATA",
    (whole) => whole.replaceAll('"keyid"', '"id"'),
  ],
];

const READING: readonly RefusedCase[] = READINGS.flatMap(([title, code, change]) =>
  forEach(["root", "timestamp", "targets"], title, code, text(change)),
);

const delegating = (change: (roles: readonly Signed[]) => readonly Signed[]) =>
  next({
    edit: {
      targets: (signed) => {
        const delegations = signed["delegations"] as Signed;
        const roles = delegations["roles"] as readonly Signed[];
        return { ...signed, delegations: { ...delegations, roles: change(roles) } };
      },
    },
  });

const stolenPath = (title: string, name: string, path: string): RefusedCase => ({
  title: `targets gives ${title}`,
  code: "WRONG_ROLE",
  role: "targets",
  files: () =>
    delegating((roles) => [
      ...roles.filter((role) => role["name"] !== name),
      {
        ...roles.find((role) => role["name"] === "online"),
        name,
        paths: [path],
      },
    ]),
});

const DELEGATIONS: readonly RefusedCase[] = [
  stolenPath("releases to online", "online", "releases/base/*/*"),
  stolenPath("channels to an image role", IMAGE_ROLE, "channels/*/*"),
  stolenPath("another image's releases to an image role", IMAGE_ROLE, "releases/other/*/*"),
  stolenPath("releases to a role of another name", "helpers", "releases/*/*/*"),
  stolenPath("everything to a role of another name", "helpers", "*/base/*/*"),
  stolenPath("releases in braces to a role of another name", "helpers", "{releases,x}/base/*/*"),
  {
    title: "targets gives hashes of paths to a role",
    code: "WRONG_ROLE",
    role: "targets",
    files: () =>
      delegating((roles) =>
        roles.map((role) => ({ ...role, paths: undefined, path_hash_prefixes: ["0"] })),
      ),
  },
];

export const REFUSED_METADATA: readonly RefusedCase[] = [
  ...SIGNATURES,
  ...KEYS_AND_THRESHOLDS,
  ...EXPIRY,
  ...ROLLBACKS,
  ...FORKS,
  ...MIXTURES,
  ...READING,
  ...DELEGATIONS,
];
