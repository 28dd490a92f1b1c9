/** The releases that are compared: built by slipway from locks that hold packages back, and kept. Shell. */
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { hostMirrors } from "@slipway/composer";
import type { Exec } from "@slipway/host";
import { packagesOfLock, withPackages } from "./lock-text.ts";
import { changedPackages, choosePackages, type PairPlan } from "./pairs.ts";

export interface Release {
  readonly directory: string;
  readonly root: string;
  readonly verity: string;
  readonly uki: string;
  readonly rootHash: string;
  readonly salt: string;
  readonly rootBytes: number;
  readonly ukiBytes: number;
}

export interface Pair {
  readonly plan: PairPlan;
  /** `NAME OLD -> NEW`. */
  readonly changes: readonly string[];
  readonly before: Release;
  readonly after: Release;
}

export interface Yard {
  readonly exec: Exec;
  /** Where the repository of slipway is. */
  readonly repository: string;
  /** Where definitions, locks and releases are kept from run to run. */
  readonly directory: string;
  /** slipway's own cache. */
  readonly cache: string;
  readonly say: (text: string) => void;
}

export const IMAGE = "bench-delta";
const ARCHITECTURE = "x86_64";

const PACKAGES = [
  ...["podman", "python3", "openssl", "curl", "git", "rsync", "wget", "jq"],
  ...["tmux", "vim-tiny", "sudo", "bind9-dnsutils", "gnupg", "socat", "tcpdump", "lvm2"],
] as const;

const definition = (repository: string, config: string): string =>
  // JSON is YAML, and quotes whatever the path holds.
  JSON.stringify({
    variant: "slipway",
    version: "1.0.0",
    include: [path.join(repository, "images/base.yaml")],
    image: { name: IMAGE, architectures: [ARCHITECTURE], debian: { packages: PACKAGES } },
    storage: { files: [{ path: "/etc/bench-delta", contents: { inline: `${config}\n` } }] },
  });

const slipway = (yard: Yard, command: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  "--conditions=@slipway/source",
  path.join(yard.repository, "packages/cli/src/main.ts"),
  ...command,
  ...["--cache", yard.cache],
];

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const DEFINITION = "image.yaml";
const LOCK = "image.lock.json";

/** Makes the host's apt look as if it had no archive of security updates, for one command alone. */
const WITHOUT_SECURITY = `
etc=$1; shift
mount --bind "$etc" /etc/apt
exec "$@"
`;

/** A copy of apt's settings in which only the archive itself is a source. */
const settingsWithoutSecurity = async (yard: Yard): Promise<string> => {
  const etc = path.join(yard.directory, "apt");
  const { archive } = await hostMirrors();
  const osRelease = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(osRelease)?.[1];
  if (codename === undefined) throw new Error("/etc/os-release names no codename");
  await rm(etc, { recursive: true, force: true });
  await cp("/etc/apt", etc, { recursive: true });
  await rm(path.join(etc, "sources.list.d"), { recursive: true, force: true });
  await writeFile(path.join(etc, "sources.list"), `deb ${archive} ${codename} main\n`);
  return etc;
};

/** The locks of the archive alone and of the archive with security updates, resolved once. */
const resolveLocks = async (
  yard: Yard,
): Promise<{ readonly older: string; readonly newer: string }> => {
  const lockOf = async (name: "older" | "newer"): Promise<string> => {
    const directory = path.join(yard.directory, name);
    const lock = path.join(directory, LOCK);
    const mark = path.join(directory, "resolved.json");
    if (!(await isThere(mark))) {
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory, { recursive: true });
      const file = path.join(directory, DEFINITION);
      await writeFile(file, definition(yard.repository, "unchanged"));
      yard.say(`resolving packages, ${name === "older" ? "without" : "with"} security updates`);
      const command = slipway(yard, ["lock", file]);
      const argv: readonly [string, ...string[]] =
        name === "newer"
          ? command
          : [
              ...(["unshare", "--mount", "--propagation", "private"] as const),
              ...["sh", "-euc", WITHOUT_SECURITY, "older"],
              await settingsWithoutSecurity(yard),
              ...command,
            ];
      await yard.exec.run({
        argv,
        purpose: `resolving the ${name} packages`,
        env: { HOME: "/root" },
      });
      await cp(lock, mark);
    }
    return readFile(mark, "utf8");
  };
  return { older: await lockOf("older"), newer: await lockOf("newer") };
};

const text = (value: unknown, name: string): string => {
  const found: unknown =
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value))[name]
      : undefined;
  if (typeof found !== "string") throw new Error(`a release's manifest has no ${name}`);
  return found;
};

const readRelease = async (directory: string): Promise<Release> => {
  const manifest: unknown = JSON.parse(
    await readFile(path.join(directory, "manifest.json"), "utf8"),
  );
  const at = (name: string): string => path.join(directory, name);
  return {
    directory,
    root: at("root.erofs"),
    verity: at("root.verity"),
    uki: at("uki.efi"),
    rootHash: text(manifest, "roothash"),
    salt: text(manifest, "salt"),
    rootBytes: (await stat(at("root.erofs"))).size,
    ukiBytes: (await stat(at("uki.efi"))).size,
  };
};

interface Recipe {
  readonly id: string;
  readonly version: string;
  readonly lock: string;
  readonly config: string;
}

/** Builds a release unless one of this name was built from the same lock and config before. */
const ensureRelease = async (yard: Yard, recipe: Recipe): Promise<Release> => {
  const directory = path.join(yard.directory, recipe.id);
  const release = path.join(directory, "release");
  const mark = path.join(directory, "made-of");
  const wanted = JSON.stringify([recipe.lock, recipe.config, recipe.version]);
  if ((await readFile(mark, "utf8").catch(() => "")) !== wanted) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const [file, lock] = [path.join(directory, DEFINITION), path.join(directory, LOCK)];
    await writeFile(file, definition(yard.repository, recipe.config));
    await writeFile(lock, recipe.lock);
    yard.say(`building ${recipe.id}`);
    const out = path.join(directory, "out");
    await yard.exec.run({
      argv: slipway(yard, ["build", file, "--version", recipe.version, "--out", out]),
      purpose: `building ${recipe.id}`,
      env: { HOME: "/root" },
    });
    const changed = changedPackages(
      packagesOfLock(recipe.lock),
      packagesOfLock(await readFile(lock, "utf8")),
    );
    if (changed.length > 0) {
      throw new Error(
        `the archive no longer has what ${recipe.id} is made of: ${changed.join(", ")}; start it with --fresh`,
      );
    }
    const built = path.join(out, IMAGE, recipe.version, ARCHITECTURE);
    // The largest by far, and a node never downloads it.
    await rm(path.join(built, "disk.raw"));
    await rename(built, release);
    await rm(out, { recursive: true });
    await writeFile(mark, wanted);
  }
  return readRelease(release);
};

/** Every pair that the plans name, in their order; those that are void are named by their changes alone. */
export const ensurePairs = async (
  yard: Yard,
  plans: readonly PairPlan[],
): Promise<readonly (Pair | VoidPair)[]> => {
  const { older, newer } = await resolveLocks(yard);
  const before = await ensureRelease(yard, {
    id: "before",
    version: "1",
    lock: older,
    config: "unchanged",
  });
  // With the ids that its accounts were given: they stay for the image's life.
  const lock = await readFile(path.join(yard.directory, "before", LOCK), "utf8");
  const packages = packagesOfLock(older);
  const pairs: (Pair | VoidPair)[] = [];
  for (const plan of plans) {
    const chosen = choosePackages(packages, packagesOfLock(newer), plan);
    const changes = changedPackages(packages, chosen);
    if (changes.length < plan.leastChanges) {
      pairs.push({ plan, changes });
      continue;
    }
    const after = await ensureRelease(yard, {
      id: plan.id,
      version: "2",
      lock: withPackages(lock, chosen),
      config: plan.changesConfig ? "changed" : "unchanged",
    });
    pairs.push({ plan, changes, before, after });
  }
  return pairs;
};

/** A pair that the archives do not differ enough for. */
export interface VoidPair {
  readonly plan: PairPlan;
  readonly changes: readonly string[];
}
