/** What a node does: it has the release before, and stages the one after. Imports nothing that a node has not, for its memory is measured. Shell. */
import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { linuxBlockDevices, linuxClock, linuxFiles } from "@slipway/host";
import { DEFAULT_FETCH_LIMITS, httpSource, type Seed, stage } from "@slipway/receiver";
import { type ByteSource, parseManifestFile, type ReleaseManifest } from "@slipway/release";
import { offering } from "./fetched.ts";
import { WAYS } from "./outcome.ts";

const readManifest = async (file: string): Promise<ReleaseManifest> => {
  const decoded = parseManifestFile(await readFile(file));
  if (!decoded.ok) throw new Error(`${file} is no manifest`);
  return decoded.value;
};

/** Stays open until the process ends. */
const openSource = async (file: string): Promise<ByteSource> => {
  const handle = await open(file);
  const { size } = await handle.stat();
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
    for (let done = 0; done < target.length;) {
      const { bytesRead } = await handle.read(target, done, target.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`${file} ends before byte ${offset + target.length}`);
      done += bytesRead;
    }
  };
  return {
    size,
    readInto,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      await readInto(bytes, offset);
      return bytes;
    },
  };
};

/** An empty partition of the size that is needed. */
const makeSlot = async (file: string, bytes: number): Promise<void> => {
  await rm(file, { force: true });
  await using handle = await open(file, "w");
  await handle.truncate(bytes);
};

/** The index of an artifact of a release, which a node keeps with the slot. */
const keptIndex = async (
  repo: string,
  { transports }: ReleaseManifest,
  of: Seed["of"],
): Promise<ByteSource> => {
  const found = transports.find((one) => one.of === of && one.format === "index-1");
  if (found === undefined) throw new Error(`the release before has no index of its ${of}`);
  const { sha256 } = found.file;
  return openSource(path.join(repo, "blobs", sha256.slice(0, 2), sha256));
};

const seedsOf = async (
  repo: string,
  old: ReleaseManifest,
  directory: string,
): Promise<readonly Seed[]> => [
  {
    of: "root",
    sha256: old.root.sha256,
    bytes: await openSource(path.join(directory, "root.erofs")),
    index: await keptIndex(repo, old, "root"),
    verity: await openSource(path.join(directory, "root.verity")),
  },
  {
    of: "uki",
    sha256: old.uki.sha256,
    bytes: await openSource(path.join(directory, "uki.efi")),
    index: await keptIndex(repo, old, "uki"),
  },
];

/**
 * Stages a release by one way into files of a directory. The arguments: where the repository is served, and where it lies; the manifests of
 * the release and of the one before, as files; the directory of the one before; the way; the directory to stage into.
 * @returns by what it was made.
 */
export const stageRelease = async ([
  url,
  repo,
  manifestFile,
  beforeFile,
  before,
  wayName,
  directory,
]: readonly string[]): Promise<string> => {
  const way = WAYS.find((known) => known === wayName);
  if (
    url === undefined ||
    repo === undefined ||
    manifestFile === undefined ||
    beforeFile === undefined ||
    before === undefined ||
    way === undefined ||
    directory === undefined
  ) {
    throw new Error("arguments are missing");
  }
  const manifest = offering(await readManifest(manifestFile), way);
  const old = await readManifest(beforeFile);
  const at = (name: string): string => path.join(directory, name);
  await makeSlot(at("slot"), manifest.root.size);
  await makeSlot(at("slot-verity"), manifest.verity.size);
  await mkdir(at("journal"), { recursive: true });
  // From where it was an earlier way's, it would be found and kept.
  await rm(at("staged.efi"), { force: true });
  const staged = await stage({
    manifest,
    sources: [httpSource(url, { userAgent: "slipway-bench" })],
    seeds: way === "full" ? [] : await seedsOf(repo, old, before),
    target: { slot: "b", root: at("slot"), verity: at("slot-verity"), uki: at("staged.efi") },
    bootedRoothash: old.roothash,
    journal: at("journal"),
    devices: linuxBlockDevices,
    files: linuxFiles,
    limits: DEFAULT_FETCH_LIMITS,
    clock: linuxClock,
    // Luck keeps nodes that fail together apart, and here is but one.
    random: () => 0.5,
    log: (message) => console.error(message),
  });
  return `root by ${staged.root}, UKI by ${staged.uki}`;
};
