/** Which kernel modules an initrd gets, from depmod's text files of the kernel. Pure: no program of the target runs. */

/** depmod's files of one kernel, as text. */
export interface KernelModules {
  /** `modules.dep`: every loadable module and the modules it needs. */
  readonly dependencies: string;
  /** `modules.builtin`: what is part of the kernel itself. */
  readonly builtin: string;
  /** `modules.softdep`: what a module uses when it is there; empty text when the kernel has none. */
  readonly soft: string;
}

export interface ModulePlan {
  /** Paths relative to the kernel's directory of modules, sorted. */
  readonly files: readonly string[];
  /** Wanted names that are part of the kernel. */
  readonly builtin: readonly string[];
  /** Wanted names that this kernel knows nothing of. */
  readonly missing: readonly string[];
  /** Every name this kernel knows, to find the one that was meant. */
  readonly known: readonly string[];
}

/** `kernel/fs/nls/nls_iso8859-1.ko.xz` is `nls_iso8859_1`: the kernel takes both spellings as one name. */
export const moduleName = (file: string): string =>
  file
    .slice(file.lastIndexOf("/") + 1)
    .replace(/\.ko(\.(xz|zst|gz))?$/, "")
    .replaceAll("-", "_");

const lines = (text: string): readonly string[] =>
  text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));

/** `softdep erofs pre: a b post: c`: both kinds are wanted, the order of loading is kmod's affair. */
const softDependencies = (text: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const line of lines(text)) {
    const [keyword, name, ...words] = line.trim().split(/\s+/);
    if (keyword !== "softdep" || name === undefined) continue;
    const wanted = words.filter((word) => !word.endsWith(":")).map(moduleName);
    found.set(moduleName(name), [...(found.get(moduleName(name)) ?? []), ...wanted]);
  }
  return found;
};

/**
 * The files of the wanted modules and of all they depend on. A soft dependency that is not there, or is only an
 * alias, is passed over: that is what makes it soft.
 */
export const planModules = (kernel: KernelModules, wanted: readonly string[]): ModulePlan => {
  const needs = new Map<string, readonly string[]>();
  const fileOf = new Map<string, string>();
  for (const line of lines(kernel.dependencies)) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const file = line.slice(0, colon);
    fileOf.set(moduleName(file), file);
    // depmod writes the whole closure, but a second walk costs nothing and trusts it less.
    needs.set(
      file,
      line
        .slice(colon + 1)
        .split(/\s+/)
        .filter((word) => word !== ""),
    );
  }
  const partOfKernel = new Set(lines(kernel.builtin).map(moduleName));
  const soft = softDependencies(kernel.soft);

  const files = new Set<string>();
  const take = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const needed of needs.get(file) ?? []) take(needed);
    for (const name of soft.get(moduleName(file)) ?? []) {
      const used = fileOf.get(name);
      if (used !== undefined) take(used);
    }
  };
  const names = wanted.map(moduleName);
  for (const name of names) {
    const file = fileOf.get(name);
    if (file !== undefined) take(file);
  }
  return {
    files: [...files].toSorted(),
    builtin: names.filter((name) => !fileOf.has(name) && partOfKernel.has(name)),
    missing: names.filter((name) => !fileOf.has(name) && !partOfKernel.has(name)),
    known: [...new Set([...fileOf.keys(), ...partOfKernel])].toSorted(),
  };
};

/** `modules.order` without the modules that are left out: depmod sorts by it, so that readdir's order never shows. */
export const filterModulesOrder = (order: string, files: readonly string[]): string => {
  const kept = new Set(files.map(moduleName));
  return lines(order)
    .filter((line) => kept.has(moduleName(line)))
    .map((line) => `${line}\n`)
    .join("");
};
