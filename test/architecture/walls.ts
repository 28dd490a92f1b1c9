import { posix } from "node:path";
import type { Import, SourceFacts } from "./imports.ts";
import { PLAN, PORT_PACKAGES, PURE_CRYPTO_NAMES, PURE_NODE_MODULES } from "./plan.ts";

/** The repository as far as imports go; paths are relative to its root. */
export interface Tree {
  readonly files: ReadonlyMap<string, SourceFacts>;
  readonly packages: ReadonlyMap<string, Manifest>;
  readonly rootDevDependencies: readonly string[];
}

export interface Manifest {
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** The keys of `exports`: ".", "./testing". */
  readonly entryPoints: readonly string[];
}

/** What is wrong, where, and what to do: one line each, in the order of the files. */
export const breaches = (tree: Tree): readonly string[] => {
  const rings = ringsOf(tree);
  return [...tree.files].flatMap(([path, facts]) => {
    const place = placeOf(path);
    const found: string[] = [];
    for (const one of facts.imports) {
      const say = (message: string): number => found.push(`${path}:${one.line}: ${message}`);
      checkImport({ tree, rings, path, place, one, say });
    }
    if (place.kind === "src" && mustNotReadTheTime(path, place)) {
      for (const line of facts.readsTheTime) {
        found.push(
          `${path}:${line}: reads the machine's clock; take the time as an argument or from the clock port`,
        );
      }
    }
    return found;
  });
};

type Place =
  | { readonly kind: "src" | "test"; readonly owner: string; readonly inner: string }
  /** Integration and end-to-end tests, benchmarks, tools: strangers to every package. */
  | { readonly kind: "outside" }
  | { readonly kind: "astray" };

const placeOf = (path: string): Place => {
  const [, owner, kind, inner] = /^packages\/([^/]+)\/(src|test)\/(.+)$/.exec(path) ?? [];
  if (owner !== undefined && inner !== undefined) {
    return { kind: kind === "src" ? "src" : "test", owner, inner };
  }
  return /^(test|bench|tools)\//.test(path) ? { kind: "outside" } : { kind: "astray" };
};

interface Checked {
  readonly tree: Tree;
  readonly rings: ReadonlyMap<string, Ring>;
  readonly path: string;
  readonly place: Place;
  readonly one: Import;
  readonly say: (message: string) => void;
}

const checkImport = (checked: Checked): void => {
  const { place, one, say, path, rings } = checked;
  if (place.kind === "astray") {
    return say("no code belongs here; put it into a package, test, bench or tools");
  }
  if (one.specifier === "<computed>") {
    return say("computes what it imports, so nobody can check it; name the module");
  }
  if (place.kind === "src" && rings.get(path) === "core") checkCoreImport(checked);
  if (one.specifier.startsWith(".")) return checkRelative(checked);
  if (one.specifier.startsWith("node:")) return;
  if (one.specifier.startsWith("@slipway/")) return checkOurs(checked);
  checkExternal(checked);
};

const checkRelative = ({ place, path, one, rings, say }: Checked): void => {
  const target = resolve(path, one.specifier);
  const there = placeOf(target);
  if (place.kind === "outside") {
    if (there.kind !== "outside") {
      say(`reaches into ${target}; import the package by name, through its entry points`);
    }
    return;
  }
  if (place.kind === "astray") return;
  // A package's own tests may look inside it: nobody else's may.
  const atHome = there.kind === "src" || (place.kind === "test" && there.kind === "test");
  const support = place.kind === "test" && target.startsWith("test/support/");
  if (support) return;
  if (!atHome || there.owner !== place.owner) {
    return say(`reaches out of its package to ${target}; import by package name`);
  }
  if (
    place.kind === "src" &&
    rings.get(target) === "command line" &&
    rings.get(path) !== "command line"
  ) {
    say(`imports ${target} of the command line, the outermost ring; turn the import round`);
  }
};

const checkOurs = ({ tree, place, path, one, say }: Checked): void => {
  const [, name = "", ...rest] = one.specifier.split("/");
  const entry = rest.length === 0 ? "." : `./${rest.join("/")}`;
  const manifest = tree.packages.get(name);
  if (manifest === undefined) return say(`imports ${one.specifier}, a package that does not exist`);
  if (!manifest.entryPoints.includes(entry)) {
    return say(
      `imports ${one.specifier}, which is no entry point of @slipway/${name} (${manifest.entryPoints.join(", ")})`,
    );
  }
  if (place.kind !== "src" && place.kind !== "test") return;
  const itself = name === place.owner;
  if (place.kind === "src" && itself)
    return say("imports its own package by name; use a relative path");
  if (!itself && PLAN[place.owner]?.mayImport.includes(name) !== true) {
    return say(
      `@slipway/${place.owner} may not import @slipway/${name}; see section 2 of the architecture`,
    );
  }
  if (place.kind === "src" && entry === "./testing" && !isFake(path)) {
    return say("imports fakes into production code; fakes are for tests");
  }
  const own = tree.packages.get(place.owner);
  const declared = [
    ...(own?.dependencies ?? []),
    ...(place.kind === "test" ? (own?.devDependencies ?? []) : []),
  ];
  if (!itself && !declared.includes(`@slipway/${name}`)) {
    say(`imports @slipway/${name}, which package.json of @slipway/${place.owner} does not declare`);
  }
};

const checkExternal = ({ tree, place, one, say }: Checked): void => {
  const name = externalName(one.specifier);
  const own =
    place.kind === "src" || place.kind === "test" ? tree.packages.get(place.owner) : undefined;
  const declared =
    place.kind === "src"
      ? (own?.dependencies ?? [])
      : [
          ...(own?.dependencies ?? []),
          ...(own?.devDependencies ?? []),
          ...tree.rootDevDependencies,
        ];
  if (!declared.includes(name)) {
    say(`imports ${name}, which its package.json does not declare`);
  }
};

/** The package that a bare specifier belongs to. */
export const externalName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * Rings, from the inside: core, shell, command line. Folders say it (`core`; `cli` and `main.ts`; the shell's own names);
 * files in no such folder are what their imports make them, so that purity is followed through every file core leans on.
 */
type Ring = "core" | "shell" | "command line";

const SHELL_FOLDERS: ReadonlySet<string> = new Set([
  "linux",
  "stages",
  "steps",
  "tasks",
  "testing",
]);

const ringsOf = (tree: Tree): ReadonlyMap<string, Ring> => {
  const rings = new Map<string, Ring>();
  const undecided = new Map<string, readonly Import[]>();
  for (const [path, { imports }] of tree.files) {
    const place = placeOf(path);
    if (place.kind !== "src") continue;
    const folders = place.inner.split("/").slice(0, -1);
    const pure = PLAN[place.owner]?.pure === true;
    if (place.inner === "main.ts" || folders.includes("cli")) rings.set(path, "command line");
    else if (pure || folders.includes("core")) rings.set(path, "core");
    else if (folders.some((folder) => SHELL_FOLDERS.has(folder))) rings.set(path, "shell");
    else undecided.set(path, imports);
  }
  // What imports an effect, or something that does, is shell; go round until nothing changes, since imports may form chains.
  for (let changed = true; changed;) {
    changed = false;
    for (const [path, imports] of undecided) {
      if (rings.has(path) || !imports.some((one) => takesEffect(path, one, rings))) continue;
      rings.set(path, "shell");
      changed = true;
    }
  }
  return rings;
};

const takesEffect = (path: string, one: Import, rings: ReadonlyMap<string, Ring>): boolean => {
  if (one.specifier.startsWith(".")) {
    const ring = rings.get(resolve(path, one.specifier));
    return ring === "shell" || ring === "command line";
  }
  return effectOf(one) !== undefined;
};

const checkCoreImport = ({ path, one, rings, say }: Checked): void => {
  if (one.specifier.startsWith(".")) {
    const target = resolve(path, one.specifier);
    const ring = rings.get(target);
    if (ring === "shell" || ring === "command line") {
      say(`core imports ${target} of the ${ring}; imports point inward only`);
    }
    return;
  }
  const effect = effectOf(one);
  if (effect !== undefined)
    say(`core imports ${effect}; pass the value in, or move the code to the shell`);
};

/** What in an import reaches outside the process, or undefined when nothing does. Types are gone before anything runs. */
const effectOf = ({ specifier, typeOnly, names }: Import): string | undefined => {
  if (typeOnly) return undefined;
  if (specifier === "node:crypto") {
    const lucky = names.filter((name) => !PURE_CRYPTO_NAMES.has(name));
    return lucky.length > 0 ? `${lucky.join(", ")} from node:crypto` : undefined;
  }
  if (specifier.startsWith("node:"))
    return PURE_NODE_MODULES.has(specifier) ? undefined : specifier;
  const [scope, name = ""] = specifier.split("/");
  return scope === "@slipway" && PORT_PACKAGES.has(name)
    ? `${specifier} (other than its types)`
    : undefined;
};

/** The clock is read in two places: the adapter behind the clock port, and the composition root. */
const mustNotReadTheTime = (path: string, { inner }: { readonly inner: string }): boolean =>
  !path.startsWith("packages/host/src/linux/") && inner !== "main.ts";

const isFake = (path: string): boolean => path.includes("/src/testing/");

const resolve = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier);
