import type { ReadContent } from "./tree-entry.ts";
import type { TreeIndex } from "./tree-index.ts";

/** systemd runs one manager for the system and one for each user, with units of their own. */
export type Manager = "system" | "user";

export const MANAGERS: readonly Manager[] = ["system", "user"];

/** Where a manager finds units in an image, what comes first wins (systemd.unit(5), "Unit File Load Path"). */
export const unitDirectories = (manager: Manager): readonly string[] => [
  `/etc/systemd/${manager}`,
  `/usr/local/lib/systemd/${manager}`,
  `/usr/lib/systemd/${manager}`,
];

const SUFFIX = /\.(?:service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/;

/** Whether a name is one that a unit can have. */
export const isUnitName = (name: string): boolean => SUFFIX.test(name);

/** The units one manager can load from a tree. */
export interface UnitSpace {
  /** Whether there is something to start under this name: a file, a template's instance, or what systemd makes itself. */
  readonly exists: (unit: string) => boolean;
  /** Whether the name is masked, so that starting it fails. */
  readonly isMasked: (unit: string) => boolean;
}

export const unitSpace = (index: TreeIndex, manager: Manager, read: ReadContent): UnitSpace => {
  const generated = manager === "system" ? generatedUnits(index, read) : new Set<string>();

  const find = (unit: string): string | undefined =>
    unitDirectories(manager)
      .map((directory) => `${directory}/${unit}`)
      .find((path) => index.get(path) !== undefined);

  const isLoadable = (unit: string): boolean => {
    const path = find(unit);
    return path !== undefined && index.resolve(path).kind !== "missing";
  };

  return {
    exists: (unit) =>
      isLoadable(unit) ||
      isLoadable(unit.replace(/@.+(?=\.[a-z]+$)/, "@")) ||
      generated.has(unit) ||
      // Devices come from udev, slices and scopes need no file, the root mount is there whenever systemd runs.
      /\.(?:device|slice|scope)$/.test(unit) ||
      unit === "-.mount",
    isMasked: (unit) => {
      const path = find(unit);
      const entry = path === undefined ? undefined : index.get(path);
      return entry?.target === "/dev/null" || (entry?.type === "file" && entry.size === 0);
    },
  };
};

/** What systemd-fstab-generator and systemd-sysv-generator make at boot. */
const generatedUnits = (index: TreeIndex, read: ReadContent): ReadonlySet<string> => {
  const units = new Set<string>();
  for (const line of new TextDecoder().decode(read("/etc/fstab")).split("\n")) {
    const [device = "", where = "", kind = ""] = line.trim().split(/\s+/);
    if (device === "" || device.startsWith("#")) continue;
    if (kind === "swap") units.add(`${escapePath(device)}.swap`);
    else for (const suffix of ["mount", "automount"]) units.add(`${escapePath(where)}.${suffix}`);
  }
  for (const name of index.children("/etc/init.d")) {
    const entry = index.get(`/etc/init.d/${name}`);
    if (entry?.type === "file" && (entry.mode & 0o111) !== 0) {
      units.add(`${name.replace(/\.sh$/, "")}.service`);
    }
  }
  return units;
};

/** systemd.unit(5), "String Escaping for Inclusion in Unit Names". */
const escapePath = (path: string): string => {
  const trimmed = path.replace(/^\/+|\/+$/g, "");
  if (trimmed === "") return "-";
  return Array.from(new TextEncoder().encode(trimmed), (byte, index) => {
    const sign = String.fromCharCode(byte);
    if (sign === "/") return "-";
    return /[A-Za-z0-9:_]/.test(sign) || (sign === "." && index > 0)
      ? sign
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
};
