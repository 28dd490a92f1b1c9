import { ARCHITECTURE } from "../architecture.ts";
import type { ArtifactName } from "../build/manifest.ts";
import { MIB } from "../image/geometry.ts";
import { partitionArchitecture } from "./partition-types.ts";
import type { ReleaseDescription } from "./release-description.ts";

/**
 * Where the parts of a release contradict each other. Contents are not hashed: that is `slipway repo verify`'s and the node's
 * work; this finds what was mixed up, cut short or edited by hand.
 */
export const disagreements = (release: Omit<ReleaseDescription, "problems">): readonly string[] => {
  const { manifest, sizes, disk, uki, root, verity } = release;
  const problems: string[] = [];
  const expect = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected)
      problems.push(`${what} is ${show(actual)}, expected ${show(expected)}`);
  };

  for (const name of Object.keys(manifest.artifacts).filter(isArtifact(sizes))) {
    expect(`the size of ${name}`, sizes[name], manifest.artifacts[name].size);
  }
  expect("the UUID of root.erofs", root.uuid, manifest.rootUuid);
  expect("the UUID of root.verity", verity.uuid, manifest.verityUuid);
  expect("the salt of root.verity", verity.salt, manifest.salt);
  if (verity.rootHash !== undefined) {
    expect("the root hash of root.verity", verity.rootHash, manifest.roothash);
  }
  expect(
    "the data that root.verity covers",
    verity.dataBlocks * verity.dataBlockSize,
    sizes["root.erofs"],
  );
  expect(
    "the machine type of uki.efi",
    hexadecimal(uki.machine),
    hexadecimal(ARCHITECTURE[manifest.architecture].peMachine),
  );
  for (const [name, value] of [
    ["roothash", manifest.roothash],
    ["systemd.verity_root_data", `UUID=${manifest.rootUuid}`],
    ["systemd.verity_root_hash", `UUID=${manifest.verityUuid}`],
  ] as const) {
    expect(`${name}= on the kernel's command line`, valueOf(uki.kernelArguments, name), value);
  }
  if (uki.kernelRelease !== undefined) {
    expect("the kernel of uki.efi", uki.kernelRelease, manifest.kernelRelease);
  }
  expect("IMAGE_ID in uki.efi", uki.osRelease["IMAGE_ID"], manifest.image);
  expect("IMAGE_VERSION in uki.efi", uki.osRelease["IMAGE_VERSION"], manifest.version);
  for (const { number, label, typeName, size } of disk.partitions) {
    const architecture = typeName === undefined ? undefined : partitionArchitecture(typeName);
    if (architecture === undefined) continue;
    expect(`the architecture of partition ${number}`, architecture, manifest.architecture);
    if (typeName?.endsWith("-verity") !== true) {
      expect(`the size of partition ${number} (${label})`, size, manifest.slotSizeMib * MIB);
    }
  }
  const { primaryProblem, backupProblem } = disk;
  if (primaryProblem !== undefined) problems.push(`disk.raw: ${primaryProblem}`);
  if (backupProblem !== undefined) problems.push(`disk.raw: at its end: ${backupProblem}`);
  return problems;
};

const isArtifact =
  (sizes: Readonly<Record<ArtifactName, number>>) =>
  (name: string): name is ArtifactName =>
    Object.hasOwn(sizes, name);

/** The last one counts, as it does for the kernel and for systemd. */
const valueOf = (words: readonly string[], name: string): string | undefined =>
  words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);

const hexadecimal = (value: number): string => `0x${value.toString(16)}`;

const show = (value: unknown): string =>
  value === undefined ? "missing" : typeof value === "string" ? value : JSON.stringify(value);
