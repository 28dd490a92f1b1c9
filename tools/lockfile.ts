/** The parts of package-lock.json that matter here. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** Entries for the optional packages that some package wants and the lockfile does not hold. */
export const absentOptionals = (lockfile: Lockfile): Readonly<Record<string, LockedPackage>> => {
  const wanted = Object.values(lockfile.packages).flatMap(({ dev = false, optionalDependencies = {} }) =>
    Object.entries(optionalDependencies).map(([name, version]) => ({ name, version, dev })),
  );
  return Object.fromEntries(
    wanted
      .map(({ name, version, dev }) => [`node_modules/${name}`, { version, dev, optional: true as const, ...platformOf(name) }] as const)
      .filter(([place]) => lockfile.packages[place] === undefined),
  );
};

/** Names of native packages end in their platform: `…/binding-linux-x64-musl`, `…/darwin-arm64`. */
const platformOf = (name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> => {
  const [, os, cpu, abi] = /(android|darwin|freebsd|linux|openharmony|win32|wasm32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (os === undefined || cpu === undefined) throw new Error(`${name}: its platform is not in its name; write its entry by hand`);
  if (os === "wasm32") return { cpu: ["wasm32"] };
  return { os: [os], cpu: [cpu], ...(abi?.startsWith("musl") === true ? { libc: ["musl"] } : {}) };
};
