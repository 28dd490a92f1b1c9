/** The parts of package-lock.json that matter here. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
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
  const wanted = Object.values(lockfile.packages).flatMap(
    ({ dev = false, optionalDependencies = {} }) =>
      Object.entries(optionalDependencies).map(([name, version]) => ({ name, version, dev })),
  );
  return Object.fromEntries(
    wanted
      .map(
        ({ name, version, dev }) =>
          [`node_modules/${name}`, { version, ...lockedOtherwise(name, dev) }] as const,
      )
      .filter(([place]) => lockfile.packages[place] === undefined),
  );
};

/** Keys in npm's own order, so that npm finds nothing to rewrite. */
const lockedOtherwise = (name: string, dev: boolean): Omit<LockedPackage, "version"> => {
  const { os, cpu, libc } = platformOf(name);
  return {
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
};

/** Names of native packages end in their platform: `…/binding-linux-x64-musl`, `…/darwin-arm64`. */
const platformOf = (
  name: string,
): { readonly os?: string; readonly cpu: string; readonly libc?: string } => {
  const [, os, cpu, abi] = PLATFORM.exec(name) ?? [];
  if (os === undefined || cpu === undefined) {
    throw new Error(`${name}: its platform is not in its name; write its entry by hand`);
  }
  if (os === "wasm32") return { cpu: "wasm32" };
  return { os, cpu, ...(abi?.startsWith("musl") === true ? { libc: "musl" } : {}) };
};

const PLATFORM =
  /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|wasm32|win32)-([a-z0-9]+)(?:-([a-z]+))?$/;
