/** From package names to exact packages, by apt's own solver on the archive's signed indexes. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { HostError } from "@slipway/host";
import { ARCHITECTURE } from "../architecture.ts";
import type { Architecture } from "@slipway/ignition-config";
import { ComposerError } from "../errors.ts";
import type { Mirrors } from "../tools/apt-sources.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { kernelBehind, parseUriLine, releaseDate, unknownPackages } from "./apt-output.ts";
import type { LockedPackage, PackageSet } from "./lock.ts";
import { nearest } from "./nearest.ts";

/** What is asked for, for one architecture. */
export interface PackageRequest {
  readonly suite: string;
  readonly components: readonly string[];
  readonly architecture: Architecture;
  /** With everything essential and all they depend on; nothing that is merely recommended. */
  readonly root: readonly string[];
  /** Of which single files are wanted, without what they depend on. */
  readonly excerpt: readonly string[];
  readonly initrd: readonly string[];
  /** A kernel package, or a metapackage that depends on one. */
  readonly kernel: string;
  readonly loader: readonly string[];
}

export interface Resolution {
  readonly packages: readonly LockedPackage[];
  /** The archive's own date, in seconds since 1970. */
  readonly snapshot: number;
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** apt's configuration for a solver that knows nothing of any installed system. */
export const aptConfiguration = (
  directory: string,
  request: Pick<PackageRequest, "architecture">,
  settings: readonly string[],
): string => {
  const debian = ARCHITECTURE[request.architecture].debian;
  return [
    `Dir "${directory}/";`,
    `Dir::State "${directory}/state/";`,
    `Dir::State::status "${directory}/status";`,
    `Dir::Cache "${directory}/cache/";`,
    `Dir::Etc "${directory}/etc/";`,
    `APT::Architecture "${debian}";`,
    `APT::Architectures { "${debian}"; };`,
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "root";',
    // Otherwise apt counts itself among the essential packages, and the image would hold a package manager.
    'pkgCacheGen::ForceEssential "none";',
    'Acquire::Languages "none";',
    'Acquire::ForceHash "SHA256";',
    'Acquire::Retries "2";',
    ...settings,
    "",
  ].join("\n");
};

/** apt's sources for a suite with its updates and security updates. */
export const aptSources = (
  request: Pick<PackageRequest, "suite" | "components">,
  mirrors: Mirrors,
): string => {
  const line = (uri: string, suite: string): string =>
    `deb [signed-by=${KEYRING}] ${uri} ${suite} ${request.components.join(" ")}\n`;
  return [
    line(mirrors.archive, request.suite),
    line(mirrors.archive, `${request.suite}-updates`),
    mirrors.security === undefined ? "" : line(mirrors.security, `${request.suite}-security`),
  ].join("");
};

/**
 * Resolves a request in the empty directory `work`.
 * @throws ComposerError `MIRROR_FAILED`, `UNKNOWN_PACKAGE` or `UNRESOLVABLE`, each with apt's own words.
 */
export const resolvePackages = async (
  toolbox: Toolbox,
  request: PackageRequest,
  mirrors: Mirrors,
  aptSettings: readonly string[],
  work: string,
  signal: AbortSignal | undefined,
): Promise<Resolution> => {
  for (const part of [
    "state/lists/partial",
    "cache/archives/partial",
    "etc/apt.conf.d",
    "etc/preferences.d",
  ]) {
    await mkdir(path.join(work, part), { recursive: true });
  }
  await writeFile(path.join(work, "status"), "");
  await writeFile(path.join(work, "etc/sources.list"), aptSources(request, mirrors));
  await writeFile(path.join(work, "apt.conf"), aptConfiguration(work, request, aptSettings));

  const apt = (argv: readonly [string, ...string[]], purpose: string, network = false) =>
    toolbox.run(
      { argv, purpose, env: { APT_CONFIG: `${work}/apt.conf` } },
      { writable: [work], network, ...(signal === undefined ? {} : { signal }) },
    );

  await apt(
    ["apt-get", "update", "--error-on=any"],
    `reading the package indexes of ${request.suite} (${ARCHITECTURE[request.architecture].debian})`,
    true,
  ).catch((error: unknown) => {
    throw mirrorError(error, mirrors);
  });

  const print = async (
    set: PackageSet,
    argv: readonly [string, ...string[]],
  ): Promise<readonly LockedPackage[]> => {
    const answer = await apt(argv, `resolving the ${set} packages`).catch(
      async (error: unknown) => {
        if (!(error instanceof HostError) || error.code !== "COMMAND_FAILED") throw error;
        throw await solverError(
          error,
          async () => (await apt(["apt-cache", "pkgnames"], "listing package names")).stdout,
        );
      },
    );
    return answer.stdout.split("\n").flatMap((line) => {
      const found = parseUriLine(line, mirrors);
      return found === undefined ? [] : [{ ...found, sets: [set] }];
    });
  };
  const install = (set: PackageSet, names: readonly string[]) =>
    print(set, ["apt-get", "install", "--yes", "--print-uris", ...names]);
  const only = (set: PackageSet, names: readonly string[]) =>
    print(set, ["apt-get", "download", "--print-uris", ...names]);

  const root = await install("root", ["?essential", ...request.root]);
  const initrd = await install("initrd", request.initrd);
  const excerpt = await only("excerpt", request.excerpt);
  const loader = await only("loader", request.loader);
  const [asked] = await only("kernel", [request.kernel]);
  const control = await apt(
    ["apt-cache", "show", "--no-all-versions", request.kernel],
    "looking up the kernel package",
  );
  const behind =
    asked?.size !== undefined && asked.size < 1024 * 1024
      ? kernelBehind(control.stdout)
      : undefined;
  const kernel =
    behind === undefined ? (asked === undefined ? [] : [asked]) : await only("kernel", [behind]);

  const lists = path.join(work, "state/lists");
  const releases = (await readdir(lists)).filter((name) => name.endsWith("InRelease"));
  const texts = await Promise.all(releases.map((name) => readFile(path.join(lists, name), "utf8")));
  return {
    packages: mergeSets([...root, ...excerpt, ...initrd, ...kernel, ...loader]),
    snapshot: releaseDate(texts),
  };
};

/** One entry a package with all its sets, by name. */
export const mergeSets = (packages: readonly LockedPackage[]): readonly LockedPackage[] => {
  const merged = new Map<string, LockedPackage>();
  for (const entry of packages) {
    const id = `${entry.name} ${entry.version} ${entry.architecture}`;
    const before = merged.get(id);
    merged.set(
      id,
      before === undefined
        ? entry
        : { ...before, sets: [...new Set([...before.sets, ...entry.sets])] },
    );
  }
  return [...merged.values()].toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1,
  );
};

const mirrorError = (error: unknown, mirrors: Mirrors): unknown => {
  if (!(error instanceof HostError) || error.code !== "COMMAND_FAILED") return error;
  const said = (error.output ?? "")
    .split("\n")
    .filter((line) => /^(E|Err|W):/.test(line))
    .slice(0, 6)
    .join("\n");
  return new ComposerError(
    "MIRROR_FAILED",
    `the package indexes of ${mirrors.archive} could not be read:\n${said}`,
    {
      cause: error,
      hint: "check the address (image.debian.mirror, or the host's apt sources), the suite's name and the network, and run the command again",
    },
  );
};

const solverError = async (
  error: HostError,
  names: () => Promise<string>,
): Promise<ComposerError> => {
  const unknown = unknownPackages(error.output ?? "");
  if (unknown.length > 0) {
    const known = (await names()).split("\n");
    const described = unknown.map((name) => {
      const near = nearest(name, known);
      return near === undefined ? name : `${name} (did you mean ${near}?)`;
    });
    return new ComposerError("UNKNOWN_PACKAGE", `no such package: ${described.join(", ")}`, {
      cause: error,
      hint: "correct image.debian.packages; names are those of Debian binary packages in the chosen suite",
    });
  }
  return new ComposerError(
    "UNRESOLVABLE",
    `the packages cannot be installed together:\n${error.output ?? ""}`,
    {
      cause: error,
      hint: "remove one of the packages that apt names as conflicting",
    },
  );
};
