/** The same image for mkosi: its configuration, as files by path. Pure. */
import { hash } from "node:crypto";
import type { File, ImageDefinition } from "@slipway/ignition-config";
import { type Archives, KEYRING } from "../measure/debian-tree.ts";
import type { PinnedPackage } from "./subject.ts";

export interface MkosiRequest {
  readonly definition: ImageDefinition;
  readonly packages: readonly PinnedPackage[];
  readonly archives: Archives;
  /** Lines of apt.conf(5) that say how to reach the archives. */
  readonly aptSettings: readonly string[];
  readonly standIn: StandIn;
  readonly outputs: string;
  readonly packageCache: string;
  readonly workspace: string;
}

/**
 * The kernel package depends on a program that makes initrds. Slipway, which only unpacks it, installs none; with this
 * empty package in its place mkosi need not either, and both install the same.
 */
export interface StandIn {
  readonly bytes: Uint8Array;
}

export const STAND_IN_NAME = "bench-no-initramfs-tool";

export const STAND_IN_CONTROL: string = `Package: ${STAND_IN_NAME}
Version: 1
Architecture: all
Maintainer: bench/compose
Provides: linux-initramfs-tool
Description: stands in for a program that makes initrds
`;

/** Sources of a suite with its updates, as deb822 stanzas. */
export const sourceStanzas = (
  archives: Archives,
  suite: string,
  components: readonly string[],
): string => {
  const stanza = (uri: string, name: string): string =>
    `Types: deb\nURIs: ${uri}\nSuites: ${name}\nComponents: ${components.join(" ")}\nSigned-By: ${KEYRING}\n`;
  return [
    stanza(archives.archive, suite),
    stanza(archives.archive, `${suite}-updates`),
    ...(archives.security === undefined ? [] : [stanza(archives.security, `${suite}-security`)]),
  ].join("\n");
};

/** Everything below mkosi's directory. @throws Error when the definition holds what mkosi is not told here. */
export const mkosiFiles = (request: MkosiRequest): ReadonlyMap<string, string | Uint8Array> => {
  const { definition, archives, standIn } = request;
  const { image, config } = definition;
  const standInRepository = "etc/apt/stand-in";
  return new Map<string, string | Uint8Array>([
    ["mkosi.conf", mainImage(request)],
    ["mkosi.images/initrd/mkosi.conf", initrdImage(request.packages)],
    ...Object.entries(REPART).map(([name, text]) => [`mkosi.repart/${name}`, text] as const),
    [
      "mkosi.sandbox/etc/apt/sources.list.d/mkosi.sources",
      `${sourceStanzas(archives, image.suite, image.components)}\nTypes: deb\nURIs: file:/${standInRepository}\nSuites: ./\nTrusted: yes\n`,
    ],
    ["mkosi.sandbox/etc/apt/apt.conf.d/90-host", `${request.aptSettings.join("\n")}\n`],
    [`mkosi.sandbox/${standInRepository}/stand-in.deb`, standIn.bytes],
    [`mkosi.sandbox/${standInRepository}/Packages`, standInIndex(standIn)],
    ...config.storage.files.map((file) => [`mkosi.extra${file.path}`, contentsOf(file)] as const),
    ["mkosi.extra/usr/lib/systemd/system-preset/00-bench.preset", presets(definition)],
  ]);
};

const standInIndex = ({ bytes }: StandIn): string =>
  `${STAND_IN_CONTROL}Filename: ./stand-in.deb\nSize: ${bytes.length}\nSHA256: ${hash("sha256", bytes)}\n`;

const pinned = (packages: readonly PinnedPackage[], sets: readonly string[]): string =>
  packages
    .filter((entry) => entry.sets.some((set) => sets.includes(set)))
    .map(({ name, version }) => `    ${name}=${version}\n`)
    .join("");

/**
 * dm-verity comes from the partition definitions: mkosi's `Verity=` is about signing the root hash, and demands a
 * signature partition when it is set.
 */
const mainImage = (request: MkosiRequest): string => `[Distribution]
Distribution=debian
Release=${request.definition.image.suite}
Architecture=x86-64

[Output]
Format=disk
Output=base
OutputDirectory=${request.outputs}
CompressOutput=no
ManifestFormat=json
SplitArtifacts=uki,partitions
RepartDirectories=mkosi.repart
Seed=d7a9ff0c-5c05-4b19-9e0c-0b4d7d1e9a55

[Content]
Bootable=yes
Bootloader=systemd-boot
WithDocs=no
WithRecommends=no
SourceDateEpoch=1700000000
Initrds=%O/initrd.cpio
KernelModulesInitrdInclude=default
KernelModulesInitrdExclude=.*
KernelCommandLine=console=tty0 console=ttyS0,115200
Packages=
    ${STAND_IN_NAME}
${pinned(request.packages, ["root", "kernel", "loader"])}
[Build]
PackageCacheDirectory=${request.packageCache}
WorkspaceDirectory=${request.workspace}
SandboxTrees=mkosi.sandbox

[Config]
Dependencies=initrd
`;

/** The packages that slipway takes its initrd from, rather than mkosi's own longer list. */
const initrdImage = (packages: readonly PinnedPackage[]): string => `[Output]
Format=cpio
Output=initrd
CompressOutput=no
ManifestFormat=
SplitArtifacts=

[Content]
Bootable=no
MakeInitrd=yes
WithDocs=no
WithRecommends=no
CleanPackageMetadata=yes
RemoveFiles=/usr/share/locale,/usr/lib/systemd/catalog,/usr/lib/udev/hwdb.d,/var/cache,/var/log
Packages=
${pinned(packages, ["initrd"])}`;

const REPART: Readonly<Record<string, string>> = {
  "00-esp.conf": `[Partition]
Type=esp
Format=vfat
CopyFiles=/boot:/
CopyFiles=/efi:/
SizeMinBytes=1G
SizeMaxBytes=1G
SplitName=-
`,
  "10-root.conf": `[Partition]
Type=root
Format=erofs
CopyFiles=/
Verity=data
VerityMatchKey=root
Minimize=best
SplitName=root
`,
  "20-root-verity.conf": `[Partition]
Type=root-verity
Verity=hash
VerityMatchKey=root
Minimize=best
SplitName=verity
`,
};

const contentsOf = ({ path, contents, append, mode, user, group }: File): string => {
  const isPlain = [mode, user, group].every((value) => value === undefined) && append.length === 0;
  if (!isPlain || contents?.kind !== "inline") throw untold(path);
  return contents.text;
};

const presets = ({ config }: ImageDefinition): string => {
  const others = [
    ...config.storage.directories.map((node) => node.path),
    ...config.storage.links.map((node) => node.path),
    ...config.passwd.users.map((user) => user.name),
    ...config.passwd.groups.map((group) => group.name),
    ...config.kernelArguments.shouldExist,
    ...config.kernelArguments.shouldNotExist,
    ...config.systemd.units
      .filter(
        (unit) => unit.contents !== undefined || unit.dropins.length > 0 || unit.mask === true,
      )
      .map((unit) => unit.name),
  ];
  const [first] = others;
  if (first !== undefined) throw untold(first);
  return config.systemd.units
    .map((unit) => `${unit.enabled === true ? "enable" : "disable"} ${unit.name}\n`)
    .join("");
};

const untold = (what: string): Error =>
  new Error(
    `the definition asks for ${what} in a way that bench/compose/mkosi-config.ts does not hand to mkosi; teach it, or both build different images`,
  );
