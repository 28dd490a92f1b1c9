/**
 * Generated configs of spec 3.3, which Debian's Ignition and ours both read, and trees to apply them to: few names, so
 * that nodes meet, with links wherever a path may lead.
 */
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { ACCOUNTS } from "./baking.ts";
import { type PictureNode, sha256 } from "./tree-picture.ts";

type Json = Readonly<Record<string, unknown>>;

export interface Scene {
  readonly before: readonly PictureNode[];
  readonly config: {
    readonly ignition: { readonly version: string };
    readonly storage: Lists;
    readonly systemd: { readonly units: readonly SceneUnit[] };
  };
}

export interface SceneUnit {
  readonly name: string;
  readonly enabled?: boolean;
}

const name = fc.constantFrom("a", "b", "c", "l");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
const text = fc.constantFrom("", "x", "hello\n", "é\0\n");

/** Of a symbolic link: relative or absolute, upward beyond the root, into nothing, to itself. */
const linkTarget = fc.oneof(
  path,
  path.map((target) => target.slice(1)),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), path)
    .map(([up, target]) => `${"../".repeat(up)}${target.slice(1)}`),
);

const mode = fc.constantFrom(0o755, 0o700, 0o750, 0o1777, 0o2755);
const fileMode = fc.constantFrom(0o644, 0o600, 0o4755, 0o666, 0);
const id = fc.constantFrom(0, 1001, 4242);

const startNode: fc.Arbitrary<PictureNode> = fc.oneof(
  fc.record({ path, type: fc.constant("dir" as const), mode, uid: id, gid: id }),
  fc.record({ path, type: fc.constant("file" as const), mode: fileMode, contents: text, uid: id }),
  fc.record({ path, type: fc.constant("link" as const), target: linkTarget }),
);

/** The nodes that can stand beside each other: one a path, and nothing below what is no directory. */
const standing = (nodes: readonly PictureNode[]): readonly PictureNode[] => {
  const known = new Map<string, PictureNode>();
  for (const node of [...nodes].sort((a, b) => a.path.length - b.path.length)) {
    const above = parentsOf(node.path).map((parent) => known.get(parent)?.type ?? "dir");
    if (known.has(node.path) || above.some((type) => type !== "dir")) continue;
    known.set(node.path, node);
  }
  return [...known.values()];
};

const parentsOf = (path: string): readonly string[] =>
  path
    .split("/")
    .slice(1, -1)
    .map((_, index, names) => `/${names.slice(0, index + 1).join("/")}`);

const owner = fc.option(
  fc.oneof(
    fc.record({ id }),
    fc.record({ name: fc.constantFrom("old", "root", "adm", "nobody-here") }),
  ),
  { nil: undefined, freq: 2 },
);

const dataUrl = (bytes: Uint8Array): string =>
  `data:;base64,${Buffer.from(bytes).toString("base64")}`;

const resource: fc.Arbitrary<Json> = fc
  .record({
    text,
    isPacked: fc.boolean(),
    hash: fc.constantFrom("none", "none", "right", "right", "wrong"),
    damage: fc.constantFrom("none", "none", "none", "none", "cut", "tail"),
    isEmpty: fc.constantFrom(false, false, false, true),
  })
  .map(({ text: contents, isPacked, hash, damage, isEmpty }) => {
    const packed = isPacked ? gzipSync(contents) : Buffer.from(contents);
    const bytes =
      !isPacked || damage === "none"
        ? packed
        : damage === "cut"
          ? packed.subarray(0, -3)
          : Buffer.concat([packed, Buffer.from("tail")]);
    return {
      source: isEmpty ? "" : dataUrl(bytes),
      ...(isPacked && !isEmpty ? { compression: "gzip" } : {}),
      ...(hash === "none" || isEmpty
        ? {}
        : { verification: { hash: `sha256-${sha256(hash === "right" ? contents : "other")}` } }),
    };
  });

const given = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const node = { path, user: owner, group: owner, overwrite: maybe(fc.boolean()) };
const permission = maybe(fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o777));
const directory = fc.record({ ...node, mode: permission }).map(given);
const file = fc
  .record({
    ...{ ...node, mode: permission, contents: maybe(resource) },
    append: maybe(fc.array(resource, { maxLength: 2 })),
  })
  // Valid only so: nothing is overwritten by nothing.
  .map((one) => given(one.contents === undefined ? { ...one, overwrite: undefined } : one));
const link = fc
  .record({ ...node, target: fc.oneof(path, linkTarget), hard: maybe(fc.boolean()) })
  .map((one) => given(one.hard === true ? { ...one, user: undefined, group: undefined } : one));

const UNITS = ["x.service", "y.service", "z.socket", "t@.service"] as const;
const INSTALL = "[Service]\nExecStart=/x\n[Install]\nWantedBy=multi-user.target\n";
const unit = fc
  .record({
    name: fc.constantFrom(...UNITS),
    contents: maybe(fc.constantFrom("", INSTALL)),
    enabled: maybe(fc.boolean()),
    mask: maybe(fc.boolean()),
    dropins: maybe(
      fc.uniqueArray(
        fc
          .record({
            name: fc.constantFrom("1.conf", "2.conf"),
            contents: maybe(fc.constantFrom("", "[Unit]\nAfter=a.service\n")),
          })
          .map(given),
        { maxLength: 2, selector: (one) => one["name"] },
      ),
    ),
  })
  // For the presets of instances Ignition asks the machine's own systemd for its version.
  .map(({ name: called, enabled, ...rest }): SceneUnit => ({
    name: called,
    ...given(rest),
    ...(called.includes("@") || enabled === undefined ? {} : { enabled }),
  }));

/** What units may find: files of packages, masks, links of enabled ones, presets of their own. */
const unitNode: fc.Arbitrary<PictureNode> = fc.oneof(
  fc
    .constantFrom(...UNITS)
    .chain((name) =>
      fc.constantFrom<PictureNode>(
        { path: `/usr/lib/systemd/system/${name}`, type: "file", mode: 0o644, contents: INSTALL },
        { path: `/etc/systemd/system/${name}`, type: "link", target: "/dev/null" },
        { path: `/etc/systemd/system/${name}`, type: "link", target: "/usr/lib/x" },
        { path: `/etc/systemd/system/${name}`, type: "file", mode: 0o600, contents: "[Unit]\n" },
        { path: `/etc/systemd/system/${name}.d`, type: "dir", mode: 0o700 },
      ),
    ),
  fc.constantFrom<PictureNode>(
    { path: "/etc/systemd/system/multi-user.target.wants", type: "dir", mode: 0o755 },
    {
      path: "/etc/systemd/system/multi-user.target.wants/x.service",
      type: "link",
      target: "/usr/lib/systemd/system/x.service",
    },
    {
      path: "/etc/systemd/system-preset/20-ignition.preset",
      type: "file",
      mode: 0o600,
      contents: "enable old.service\n",
    },
    { path: "/etc/systemd/system-preset", type: "link", target: "/a" },
    { path: "/etc/systemd/system", type: "link", target: "../../b" },
    { path: "/etc/systemd", type: "link", target: "/usr/lib/systemd" },
  ),
);

/** At most twelve nodes: beyond, Go's sort leaves the order of equally deep ones open. */
const storage = fc
  .record({
    directories: fc.array(directory, { maxLength: 3 }),
    files: fc.array(file, { maxLength: 5 }),
    links: fc.array(link, { maxLength: 3 }),
  })
  .map(({ directories, files, links }) => valid({ directories, files, links }));

interface Lists {
  readonly directories: readonly Json[];
  readonly files: readonly Json[];
  readonly links: readonly Json[];
}

const pathOf = (item: Json): string => String(item["path"]);

/** Without the items that make a config invalid: a path named twice, or leading through one of its links. */
const valid = ({ directories, files, links }: Lists): Lists => {
  const taken = new Set<string>();
  const once = (item: Json): boolean => {
    const isNew = !taken.has(pathOf(item));
    taken.add(pathOf(item));
    return isNew;
  };
  const linked = links.filter(once);
  const linkPaths = new Set(linked.map(pathOf));
  const isClear = (item: Json): boolean =>
    once(item) && !parentsOf(pathOf(item)).some((parent) => linkPaths.has(parent));
  const clearDirectories = directories.filter(isClear);
  const directoryPaths = new Set(clearDirectories.map(pathOf));
  return {
    directories: clearDirectories,
    files: files.filter(isClear),
    links: linked
      .filter((item) => !parentsOf(pathOf(item)).some((parent) => linkPaths.has(parent)))
      .filter((item) => item["hard"] !== true || !directoryPaths.has(cleaned(item))),
  };
};

/** Where a hard link's target would lie by Ignition's check, which takes a relative one from the link's own path. */
const cleaned = (item: Json): string => {
  const target = String(item["target"]);
  const base = target.startsWith("/") ? target : `${pathOf(item)}/${target}`;
  const names: string[] = [];
  for (const one of base.split("/")) {
    if (one === "..") names.pop();
    else if (one !== "" && one !== ".") names.push(one);
  }
  return `/${names.join("/")}`;
};

export const anyScene: fc.Arbitrary<Scene> = fc
  .record({
    nodes: fc.array(startNode, { maxLength: 8 }),
    unitNodes: fc.array(unitNode, { maxLength: 4 }),
    storage,
    units: fc.uniqueArray(unit, { maxLength: 3, selector: (one) => one["name"] }),
  })
  .map(({ nodes, unitNodes, storage: lists, units }) => ({
    before: [...ACCOUNTS, ...standing([...nodes, ...unitNodes])],
    config: {
      ignition: { version: "3.3.0" },
      storage: lists,
      systemd: { units },
    },
  }));
