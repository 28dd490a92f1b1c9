/** From a root image to a release directory: UKI, disk, digests, manifest. */
import { copyFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { digestOf, type StepRecipe } from "../cache/key.ts";
import { type Ranges, sparseSha256, writtenRanges } from "../image/digest.ts";
import type { SectorBytes } from "../image/disk.ts";
import { bootEntryName, recoveryCommand, recoveryOsRelease, ukiCommand } from "../image/uki.ts";
import { derivedUuid } from "../image/uuid.ts";
import { kernelArguments, RECOVERY_PROFILE } from "../initrd/kernel-arguments.ts";
import { sha256File } from "../lock/debs.ts";
import type { Kernel } from "../tree/kernel.ts";
import type { Agent } from "./agent-step.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
import { type InstallDisk, writeEsp, writeSlots } from "./install-disk.ts";
import {
  type ArtifactFacts,
  type ArtifactName,
  formatManifest,
  type Manifest,
} from "./manifest.ts";
import type { Root } from "./root-step.ts";
import { settled } from "./settled.ts";
import type { InitrdResult, KernelResult, Loader } from "./tree-steps.ts";

const UKI: StepRecipe = { name: "uki", revision: 2 };

/** The kernel's command line for this root: the definition's wishes last, and nothing it forbids. */
export const releaseArguments = (target: Target, root: Root): readonly string[] => {
  const { shouldExist, shouldNotExist } = target.definition.config.kernelArguments;
  const all = kernelArguments(target.architecture, {
    roothash: root.roothash,
    dataUuid: root.rootUuid,
    hashUuid: root.verityUuid,
    extra: shouldExist,
  });
  return all.filter((argument) => !shouldNotExist.includes(argument));
};

export interface UkiResult {
  readonly key: string;
  readonly file: string;
}

export const ukiStep = async (
  context: BuildContext,
  target: Target,
  parts: {
    readonly root: Root;
    readonly kernel: KernelResult;
    readonly initrd: InitrdResult;
    readonly loader: Loader;
  },
): Promise<UkiResult> => {
  const { toolbox, progress, store } = context;
  const { root, kernel, initrd, loader } = parts;
  const { image } = target.definition;
  const request = {
    architecture: target.architecture,
    kernel: kernel.image,
    initrd: initrd.file,
    kernelRelease: kernel.release,
    kernelArguments: releaseArguments(target, root),
    recoveryArguments: [...releaseArguments(target, root), ...RECOVERY_PROFILE],
    osRelease: root.osRelease,
    recoveryOsRelease: recoveryOsRelease(image.name, image.version),
    stub: loader.stub,
    addonStub: loader.addonStub,
    epoch: target.lock.epoch,
  };
  const inputs = {
    tools: toolbox.digest,
    root: root.key,
    kernel: kernel.key,
    initrd: initrd.key,
    loader: loader.key,
    arguments: digestOf([request.kernelArguments, request.recoveryArguments]),
    recovery: request.recoveryOsRelease,
    epoch: String(request.epoch),
  };
  const { directory, key } = await runStep(context, target, UKI, inputs, async (made) => {
    await using work = await store.scratch("uki");
    const recovery = path.join(work.directory, "recovery.efi");
    const aborting = progress.signal === undefined ? {} : { signal: progress.signal };
    await toolbox.run(recoveryCommand(request, recovery), {
      writable: [work.directory],
      readable: [loader.addonStub],
      ...aborting,
    });
    await toolbox.run(ukiCommand(request, recovery, path.join(made, "uki.efi")), {
      writable: [made],
      readable: [kernel.image, initrd.file, root.osRelease, loader.stub, recovery],
      ...aborting,
    });
  });
  await store.prune(UKI, 8);
  return { key, file: path.join(directory, "uki.efi") };
};

const factsOf = async (file: string, ranges?: Ranges): Promise<ArtifactFacts> => {
  const [{ size }, sha256] = await Promise.all([stat(file), sparseSha256(file, ranges)]);
  return { size, sha256 };
};

/**
 * Identity of what a release is assembled from: by content, not by the keys of steps, since the same content may have
 * been found under another key on another machine.
 */
export const releaseIdentity = async (
  { definition, lock }: Target,
  {
    root,
    uki,
    loader,
    sectorBytes,
  }: {
    readonly root: Root;
    readonly uki: UkiResult;
    readonly loader: Loader;
    readonly sectorBytes: SectorBytes;
  },
): Promise<string> =>
  digestOf([
    ...[root.roothash, lock.epoch, lock.salt, definition.image.slotSizeMib],
    await sha256File(uki.file),
    await sha256File(loader.program),
    await sha256File(path.join(root.directory, "packages.json")),
    await sha256File(path.join(root.directory, "sbom.spdx.json")),
    ...(sectorBytes === 512 ? [] : [sectorBytes]),
  ]);

/**
 * Fills the empty directory `staging` with all files of a release. `uki` is asked for at once: the UKI is built while the
 * slots are written, which it has no part in.
 */
export const assembleRelease = async (
  context: BuildContext,
  target: Target,
  parts: {
    readonly root: Root;
    readonly kernel: Kernel;
    readonly uki: () => Promise<UkiResult>;
    readonly loader: Loader;
    readonly agent: Agent;
    readonly sectorBytes: SectorBytes;
  },
  staging: string,
): Promise<Manifest> => {
  const { toolbox, progress, store } = context;
  const { architecture, definition, lock } = target;
  const { image } = definition;
  const { root, kernel, loader, agent, sectorBytes } = parts;
  const bootEntry = bootEntryName(image.name, image.version, root.roothash);
  const at = (name: ArtifactName | "manifest.json"): string => path.join(staging, name);
  const copied = async (from: string, name: ArtifactName): Promise<ArtifactFacts> => {
    await copyFile(from, at(name));
    return factsOf(at(name));
  };
  const ofRoot = (name: ArtifactName): Promise<ArtifactFacts> =>
    copied(path.join(root.directory, name), name);

  await using work = await store.scratch("disk");
  const disk: InstallDisk = {
    file: at("disk.raw"),
    architecture,
    slotSizeMib: image.slotSizeMib,
    root: path.join(root.directory, "root.erofs"),
    verity: path.join(root.directory, "root.verity"),
    seed: derivedUuid("disk", image.name, architecture),
    epoch: lock.epoch,
    sectorBytes,
    work: work.directory,
  };
  const [uki, , erofs, verity, packages, sbom] = await settled([
    parts.uki(),
    writeSlots(context, disk),
    ofRoot("root.erofs"),
    ofRoot("root.verity"),
    ofRoot("packages.json"),
    ofRoot("sbom.spdx.json"),
  ]);
  const [, efi] = await settled([
    writeEsp(context, disk, { loader: loader.program, uki: uki.file, bootEntry }),
    copied(uki.file, "uki.efi"),
  ]);
  return await progress.task(`digest of the disk ${architecture}`, "", async () => {
    const manifest: Manifest = {
      image: image.name,
      version: image.version,
      architecture,
      epoch: lock.epoch,
      roothash: root.roothash,
      salt: lock.salt,
      rootUuid: root.rootUuid,
      verityUuid: root.verityUuid,
      slotSizeMib: image.slotSizeMib,
      kernelRelease: kernel.release,
      bootEntry,
      agent: agent.bundle.version,
      inputs: await releaseIdentity(target, { root, uki, loader, sectorBytes }),
      artifacts: {
        "disk.raw": await factsOf(disk.file, await writtenRanges(toolbox, disk.file)),
        "root.erofs": erofs,
        "root.verity": verity,
        "uki.efi": efi,
        "packages.json": packages,
        "sbom.spdx.json": sbom,
      },
    };
    await writeFile(at("manifest.json"), formatManifest(manifest));
    return manifest;
  });
};
