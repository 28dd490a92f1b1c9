/** Whether a unit of a tree is enabled, and undoing that, as `systemctl --root` does it: by looking at links. */
import { childOf, type InRoot, nameOf } from "./in-root-path.ts";
import { parsePresets, type PresetRule, presetRuleFor } from "./preset-rules.ts";
import { splitInstance } from "./preset-lines.ts";
import type { RootDirectory } from "./root-directory.ts";
import { TreeError } from "./tree-error.ts";

const CONFIGURED = "/etc/systemd/system";
const SHIPPED = ["/usr/local/lib/systemd/system", "/usr/lib/systemd/system"] as const;
const PRESETS = ["/etc/systemd/system-preset", "/usr/lib/systemd/system-preset"] as const;

interface UnitLink {
  readonly path: InRoot;
  /** The directory, when it is one of those that pull units in. */
  readonly puller: InRoot | undefined;
  readonly name: string;
  readonly target: string;
}

export class Enablement {
  readonly #root: RootDirectory;
  #links: readonly UnitLink[] | undefined;
  #rules: readonly PresetRule[] | undefined;

  constructor(root: RootDirectory) {
    this.#root = root;
  }

  /**
   * Whether `systemctl is-enabled` would say so: something links to it, or nothing could (a unit without an Install
   * section). Masked and missing units are not.
   */
  isEnabled(unit: string): boolean {
    const file = this.#fileOf(unit);
    return file !== undefined && (this.#linksTo(unit).length > 0 || !hasInstallSection(file));
  }

  /** Whether the presets that are in the tree now will enable it when they are applied. */
  willBeEnabled(unit: string): boolean {
    this.#rules ??= this.#readPresets();
    return presetRuleFor(this.#rules, unit)?.verb === "enable";
  }

  /** Removes what enables the unit, and directories that are empty then. */
  disable(unit: string): void {
    for (const { path, puller } of this.#linksTo(unit)) {
      this.#root.remove(path);
      if (puller !== undefined && this.#root.list(puller).length === 0) this.#root.remove(puller);
    }
    this.#links = undefined;
  }

  #linksTo(unit: string): readonly UnitLink[] {
    this.#links ??= this.#readLinks();
    const target = splitInstance(unit)?.template ?? unit;
    return this.#links.filter((link) =>
      link.puller === undefined
        ? link.name !== unit && link.target === unit
        : link.name === unit || (link.target === unit && link.name !== target),
    );
  }

  #readLinks(): readonly UnitLink[] {
    const directory = this.#reach(CONFIGURED);
    if (directory === undefined) return [];
    return this.#names(directory).flatMap((name) => {
      const path = childOf(directory, name);
      const stats = this.#root.lstat(path);
      if (stats?.isSymbolicLink() === true) return [this.#linkAt(path, undefined)];
      if (stats?.isDirectory() !== true || !/\.(?:wants|requires|upholds)$/.test(name)) return [];
      return this.#names(path).flatMap((entry) => {
        const link = childOf(path, entry);
        return this.#root.lstat(link)?.isSymbolicLink() === true ? [this.#linkAt(link, path)] : [];
      });
    });
  }

  #linkAt(path: InRoot, puller: InRoot | undefined): UnitLink {
    const target = this.#root.readlink(path);
    return { path, puller, name: nameOf(path), target: target.slice(target.lastIndexOf("/") + 1) };
  }

  /** The text of a unit's file, or its template's; undefined when there is none or it is masked. */
  #fileOf(unit: string): string | undefined {
    const template = splitInstance(unit)?.template;
    const names = template === undefined || template === unit ? [unit] : [unit, template];
    for (const name of names) {
      for (const directory of [CONFIGURED, ...SHIPPED]) {
        const above = this.#reach(directory);
        if (above === undefined) continue;
        const link = childOf(above, name);
        const stats = this.#root.lstat(link);
        if (stats === undefined) continue;
        if (stats.isSymbolicLink() && this.#root.readlink(link) === "/dev/null") return undefined;
        const file = this.#reach(link);
        if (file !== undefined && this.#root.lstat(file)?.isFile() === true)
          return this.#root.readText(file) ?? "";
      }
    }
    return undefined;
  }

  #readPresets(): readonly PresetRule[] {
    const files = new Map<string, InRoot>();
    for (const directory of PRESETS) {
      const path = this.#reach(directory);
      if (path === undefined) continue;
      for (const name of this.#names(path)) {
        // Of two files with one name, the administrator's counts.
        if (name.endsWith(".preset") && !files.has(name)) files.set(name, childOf(path, name));
      }
    }
    return [...files]
      .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
      .flatMap(([, path]) =>
        this.#root.lstat(path)?.isFile() === true
          ? parsePresets(this.#root.readText(path) ?? "")
          : [],
      );
  }

  /** Where links lead; undefined when they go round: then nothing is there, as systemd sees it. */
  #reach(path: string): InRoot | undefined {
    try {
      return this.#root.resolve(path, "follow");
    } catch (error) {
      if (error instanceof TreeError) return undefined;
      throw error;
    }
  }

  #names(directory: InRoot): readonly string[] {
    return this.#root.lstat(directory)?.isDirectory() === true ? this.#root.list(directory) : [];
  }
}

const hasInstallSection = (unit: string): boolean =>
  unit
    .split(/^\s*\[/m)
    .some(
      (section) =>
        section.startsWith("Install]") &&
        /^\s*(?:WantedBy|RequiredBy|UpheldBy|Alias|Also|DefaultInstance)\s*=/m.test(section),
    );
