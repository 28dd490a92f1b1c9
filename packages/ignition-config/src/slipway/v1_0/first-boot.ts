/**
 * What no image can have is split off: devices are made by Ignition when the node starts for the first time, and with them
 * whatever lies on the file systems it makes.
 */
import { asConfig } from "../../butane/generated.ts";
import { runPhases } from "../../butane/translate-butane.ts";
import { escapePath } from "../../butane/unit-path.ts";
import { type Fields, textAt } from "../../butane/value.ts";
import type { Dialect } from "../../butane/variants.ts";
import type { Path } from "../../report/finding.ts";
import type { Sink } from "../../report/notes.ts";
import { quote, type Violation } from "../../report/violation.ts";
import { deepest, type Tree } from "../../schema/tree.ts";
import type { IgnitionConfig } from "../definition.ts";
import type { DocumentFragment } from "./document.ts";
import type { FileFragment } from "./file.ts";
import { FIRST_BOOT_MINOR } from "./table-shape.ts";

const DEVICES = ["disks", "raid", "luks", "filesystems"] as const;
const NODES = ["directories", "files", "links"] as const;

/** Butane's own rules and sugar for the sections that are its own. */
const DIALECT: Dialect = {
  variant: "slipway",
  version: "1.0.0",
  minor: FIRST_BOOT_MINOR,
  sections: [],
  bootDisk: "free",
  filters: {},
};

/** A document in two: what the image has, and what its first-boot config is made of. */
export interface Split {
  readonly image: DocumentFragment;
  readonly imageIndexes: Indexes;
  readonly firstBoot?: {
    /** In Butane's spelling. */
    readonly fields: Fields;
    readonly indexes: Indexes;
  };
}

/** Where an item of a list stands in the document's list, by the list's path. */
type Indexes = ReadonlyMap<string, readonly number[]>;

interface Parted<T> {
  readonly kept: readonly T[];
  readonly keptIndexes: readonly number[];
  readonly moved: readonly T[];
  readonly movedIndexes: readonly number[];
}

const part = <T>(items: readonly T[] | undefined, moves: (item: T) => boolean): Parted<T> => {
  const all = (items ?? []).map((item, index) => ({ item, index, goes: moves(item) }));
  return {
    kept: all.flatMap(({ item, goes }) => (goes ? [] : [item])),
    keptIndexes: all.flatMap(({ index, goes }) => (goes ? [] : [index])),
    moved: all.flatMap(({ item, goes }) => (goes ? [item] : [])),
    movedIndexes: all.flatMap(({ index, goes }) => (goes ? [index] : [])),
  };
};

/** Whether a path is one of these places or lies below one. */
const liesIn = (places: ReadonlySet<string>, path: string): boolean => {
  for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf("/"))) {
    if (places.has(at)) return true;
  }
  return false;
};

/** The units that mount these file systems, or swap to them: without them they can only fail. */
const mountUnitNames = (filesystems: readonly Fields[]): ReadonlySet<string> =>
  new Set(
    filesystems.flatMap((filesystem) => {
      const path = textAt(filesystem, "path") ?? "";
      const device = textAt(filesystem, "device") ?? "";
      return [...(path === "" ? [] : [`${escapePath(path)}.mount`]), `${escapePath(device)}.swap`];
    }),
  );

/** Divides a document. All of one without devices is in the image. */
export const splitDocument = (document: DocumentFragment): Split => {
  const storage = document.storage ?? {};
  if (DEVICES.every((name) => (storage[name] ?? []).length === 0))
    return { image: document, imageIndexes: new Map() };
  const { filesystems = [] } = storage;
  const places = new Set(
    filesystems
      .map((one) => textAt(one, "path") ?? "")
      .filter((path) => path !== "" && path !== "/"),
  );
  const mounts = mountUnitNames(filesystems);
  const onDevice = ({ path }: { readonly path: string }): boolean => liesIn(places, path);
  const directories = part(storage.directories, onDevice);
  const files = part(storage.files, onDevice);
  const links = part(storage.links, onDevice);
  const units = part(document.systemd?.units, ({ name }) => mounts.has(name));
  const devices = Object.fromEntries(DEVICES.map((name) => [name, storage[name] ?? []]));
  const lists: readonly (readonly [string, Parted<unknown>])[] = [
    ["storage.directories", directories],
    ["storage.files", files],
    ["storage.links", links],
    ["systemd.units", units],
  ];
  const moved = { directories: directories.moved, files: files.moved, links: links.moved };
  return {
    image: {
      ...document,
      storage: { directories: directories.kept, files: files.kept, links: links.kept },
      systemd: { units: units.kept },
    },
    imageIndexes: new Map(lists.map(([name, { keptIndexes }]) => [name, keptIndexes])),
    firstBoot: {
      fields: asFields({
        storage: { ...devices, ...moved },
        systemd: { units: units.moved },
      }),
      indexes: new Map(lists.map(([name, { movedIndexes }]) => [name, movedIndexes])),
    },
  };
};

/** Butane changes what it is given: a copy, in which nothing is undefined. */
const asFields = (value: object): Fields => {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  // Checked documents are made of JSON's values alone, and `value` is an object.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return copy as Fields;
};

/** Contents that Ignition cannot have: it comes after the build, and knows no credentials. */
const contentsProblem = ({ contents }: FileFragment): Violation | undefined => {
  const name = contents?.local === undefined ? "secret" : "local";
  if (contents?.local === undefined && contents?.secret === undefined) return undefined;
  return {
    rule: "first-boot-contents",
    message: `the file lies on a file system that is made at first boot, where \`${name}\` cannot be used`,
    hint: "give the contents with `inline` or `source`",
  };
};

/** The path in the document for one in a part of it. */
export const pathInDocument = (indexes: Indexes, path: Path): Path => {
  const [section, list, index, ...rest] = path;
  const known = indexes.get(`${String(section)}.${String(list)}`);
  if (
    known === undefined ||
    typeof index !== "number" ||
    section === undefined ||
    list === undefined
  ) {
    return path;
  }
  return [section, list, known[index] ?? index, ...rest];
};

/** The first-boot config; undefined when there is none, or it is wrong, which has been reported. */
export const settleFirstBoot = async (
  { firstBoot }: Split,
  document: DocumentFragment,
  tree: Tree,
  sink: Sink,
): Promise<IgnitionConfig | undefined> => {
  if (firstBoot === undefined) return undefined;
  const { fields, indexes } = firstBoot;
  const say = (path: Path, violation: Violation): void => {
    const { at } = deepest(tree, path).tree;
    sink({ violation, path, at });
  };
  for (const index of indexes.get("storage.files") ?? []) {
    const file = document.storage?.files?.[index];
    const problem = file === undefined ? undefined : contentsProblem(file);
    if (problem !== undefined) say(["storage", "files", index, "contents"], problem);
  }
  const { notes, config } = await runPhases(fields, DIALECT, { compress: false });
  for (const { kind, message, path } of notes) {
    say(pathInDocument(indexes, path), { rule: "ignition", level: kind, message });
  }
  if (config === undefined) return undefined;
  const sections = [
    ...DEVICES.filter((name) => (document.storage?.[name] ?? []).length > 0).map((name) => [
      "storage",
      name,
    ]),
  ];
  for (const path of sections) {
    say(path, {
      rule: "first-boot",
      message: `\`${path.join(".")}\` is no part of the image: it is for the node's first boot`,
      hint: "`slipway ignition FILE` prints the config that Ignition applies then",
    });
  }
  for (const name of NODES) {
    for (const index of indexes.get(`storage.${name}`) ?? []) {
      const path = document.storage?.[name]?.[index]?.path ?? "";
      say(["storage", name, index, "path"], {
        rule: "first-boot",
        message: `${quote(path)} is no part of the image: its file system is made at first boot`,
        hint: "it is in the config that `slipway ignition FILE` prints",
      });
    }
  }
  return { config: asConfig(config, FIRST_BOOT_MINOR), minor: FIRST_BOOT_MINOR };
};
