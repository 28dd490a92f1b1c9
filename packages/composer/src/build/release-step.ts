/** From a root image to a release directory: UKI, disk, digests, manifest. */
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { ARCHITECTURE } from "../architecture.ts";
import { digestOf, type StepRecipe } from "../cache/key.ts";
import { type Ranges, sparseSha256, writtenRanges } from "../image/digest.ts";
import { ComposerError } from "../errors.ts";
import {
  diskCommand,
  ENTRIES_SREL,
  ESP_INSIDE,
  listEntriesCommand,
  LOADER_CONF,
  type SectorBytes,
  writeDefinitions,
} from "../image/disk.ts";
import { bootEntryName, recoveryCommand, recoveryOsRelease, ukiCommand } from "../image/uki.ts";
import { derivedUuid } from "../image/uuid.ts";
import { kernelArguments, RECOVERY_PROFILE } from "../initrd/kernel-arguments.ts";
import { sha256File } from "../lock/debs.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import type { Kernel } from "../tree/kernel.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
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

/** Fills the empty directory `staging` with all files of a release. */
export const assembleRelease = async (
  context: BuildContext,
  target: Target,
  parts: {
    readonly root: Root;
    readonly kernel: Kernel;
    readonly uki: UkiResult;
    readonly loader: Loader;
    readonly sectorBytes: SectorBytes;
    readonly inputs: string;
  },
  staging: string,
): Promise<Manifest> => {
  const { toolbox, store, progress } = context;
  const { architecture, definition, lock } = target;
  const { image } = definition;
  const { root, kernel, uki, loader } = parts;
  const bootEntry = bootEntryName(image.name, image.version, root.roothash);
  const at = (name: string): string => path.join(staging, name);
  const cached: Readonly<Record<Exclude<ArtifactName, "disk.raw">, string>> = {
    "root.erofs": path.join(root.directory, "root.erofs"),
    "root.verity": path.join(root.directory, "root.verity"),
    "packages.json": path.join(root.directory, "packages.json"),
    "sbom.spdx.json": path.join(root.directory, "sbom.spdx.json"),
    "uki.efi": uki.file,
  };

  await using work = await store.scratch("disk");
  const esp = path.join(work.directory, "esp");
  await fillEsp(esp, ARCHITECTURE[architecture].efi, loader, bootEntry, uki.file);
  await toolbox.run(
    {
      argv: ["find", esp, "-exec", "touch", "--no-dereference", `--date=@${lock.epoch}`, "{}", "+"],
      purpose: "dating the files of the ESP",
    },
    { writable: [esp] },
  );
  const request = {
    architecture,
    slotSizeMib: image.slotSizeMib,
    root: cached["root.erofs"],
    verity: cached["root.verity"],
    esp: ESP_INSIDE,
    seed: derivedUuid("disk", image.name, architecture),
    epoch: lock.epoch,
    sectorBytes: parts.sectorBytes,
  };
  const definitions = await writeDefinitions(request, work.directory);
  await progress.task(`disk ${architecture}`, "", () =>
    toolbox.run(diskCommand(request, definitions, at("disk.raw")), {
      writable: [staging],
      readable: [definitions, root.directory],
      mapped: { [ESP_INSIDE]: esp },
      ...(progress.signal === undefined ? {} : { signal: progress.signal }),
    }),
  );
  await requireEntry(toolbox, at("disk.raw"), bootEntry);
  return await progress.task(`digests ${architecture}`, "", async () => {
    const copied = async (name: keyof typeof cached): Promise<ArtifactFacts> => {
      await copyFile(cached[name], at(name));
      return factsOf(at(name));
    };
    // SHA-256 runs over every zero of the disk and keeps this thread busy for seconds: the copying is done beside it.
    const [disk, erofs, verity, efi, packages, sbom] = await settled([
      factsOf(at("disk.raw"), await writtenRanges(toolbox, at("disk.raw"))),
      copied("root.erofs"),
      copied("root.verity"),
      copied("uki.efi"),
      copied("packages.json"),
      copied("sbom.spdx.json"),
    ]);
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
      inputs: parts.inputs,
      artifacts: {
        "disk.raw": disk,
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

/** What a fresh machine boots from: systemd-boot where firmware and tools look for it, and one entry. */
const fillEsp = async (
  esp: string,
  efi: string,
  loader: Loader,
  bootEntry: string,
  uki: string,
): Promise<void> => {
  for (const directory of ["EFI/BOOT", "EFI/systemd", "EFI/Linux", "loader"]) {
    await mkdir(path.join(esp, directory), { recursive: true });
  }
  await copyFile(loader.program, path.join(esp, "EFI/BOOT", `BOOT${efi.toUpperCase()}.EFI`));
  await copyFile(loader.program, path.join(esp, "EFI/systemd", `systemd-boot${efi}.efi`));
  await copyFile(uki, path.join(esp, "EFI/Linux", bootEntry));
  await writeFile(path.join(esp, "loader/loader.conf"), LOADER_CONF);
  await writeFile(path.join(esp, "loader/entries.srel"), ENTRIES_SREL);
};

/** A disk that boots nothing must not leave the house, whatever was silently left out. */
const requireEntry = async (toolbox: Toolbox, disk: string, bootEntry: string): Promise<void> => {
  const { stdout } = await toolbox.run(listEntriesCommand(disk), { readable: [disk] });
  if (stdout.includes(bootEntry)) return;
  throw new ComposerError("TOOL_OUTPUT", `the ESP of ${disk} lacks ${bootEntry}`, {
    hint: "this is a fault of ours: please report it with the command and the place of cache and output",
  });
};
