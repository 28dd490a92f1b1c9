/** `slipway run` on a release directory or a disk: finds out what it is, has QEMU at hand, boots. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock, Exec } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { parseManifest } from "../build/manifest.ts";
import { requireRoot } from "../build/session.ts";
import { openStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { readPartitionTable } from "../inspect/gpt.ts";
import { partitionArchitecture } from "../inspect/partition-types.ts";
import type { Progress } from "../progress.ts";
import { hostAptNetworkSettings, hostMirrors } from "../tools/host-apt.ts";
import { ensureToolbox } from "../tools/tree.ts";
import { type MachineOutcome, runMachine } from "./run-machine.ts";
import { isPublicKey } from "./ssh-access.ts";

export interface BootOptions {
  /** A release directory, or the file of a disk. Absolute. */
  readonly target: string;
  readonly memoryMib?: number;
  /** Bytes; not less than the image has. */
  readonly diskBytes?: number;
  /** Files of further disks, raw or qcow2. Absolute. */
  readonly addDisks?: readonly string[];
  /** Let people in by ssh; `keyFile`, absolute, holds the public key that opens. */
  readonly ssh?: { readonly keyFile: string | undefined };
  /** Credentials for systemd in the guest: names, and the files that hold the values. */
  readonly credentials?: readonly { readonly name: string; readonly file: string }[];
  readonly keep: boolean;
  /** The command for the guest; without one its console is on our terminal. */
  readonly command?: string;
  readonly timeoutMs?: number;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  /** What a person should know while waiting. */
  readonly onMessage: (message: string) => void;
  readonly cache: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** @throws ComposerError `NOT_A_RELEASE`, `MACHINE_FAILED` when an added disk or a key cannot be used, and what `runMachine` throws. */
export const bootMachine = async (options: BootOptions): Promise<MachineOutcome> => {
  requireRoot();
  const { exec, clock, progress, cache, command, memoryMib, diskBytes, timeoutMs } = options;
  const { disk, architecture } = await findDisk(options.target);
  const { addDisks = [] } = options;
  for (const file of addDisks) await requireDisk(file);
  const publicKey =
    options.ssh?.keyFile === undefined ? undefined : await readPublicKey(options.ssh.keyFile);
  const credentials = await readCredentials(options.credentials ?? []);
  const store = await openStore(cache);
  const toolbox = await ensureToolbox(exec, store, progress, "machine", async () => ({
    mirrors: await hostMirrors(),
    aptSettings: await hostAptNetworkSettings(exec),
  }));
  await using scratch = await store.scratch("machine");
  return await runMachine(
    { toolbox, clock, scratch: scratch.directory, memory: cache },
    {
      disk,
      architecture,
      keep: options.keep,
      addDisks,
      credentials,
      onStdout: options.onStdout,
      onStderr: options.onStderr,
      onMessage: options.onMessage,
      ...(memoryMib === undefined ? {} : { memoryMib }),
      ...(options.ssh === undefined ? {} : { ssh: { publicKey } }),
      ...(diskBytes === undefined ? {} : { diskBytes }),
      ...(command === undefined ? {} : { exec: command }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    progress.signal,
  );
};

const requireDisk = async (file: string): Promise<void> => {
  const facts = await stat(file).catch((cause: unknown) => {
    throw new ComposerError("MACHINE_FAILED", `the disk ${file} is not there`, {
      cause,
      hint: `make an empty one with: truncate --size=1G ${file}`,
    });
  });
  if (facts.isFile()) return;
  throw new ComposerError("MACHINE_FAILED", `${file} is no file`, {
    hint: "name the file of a disk, raw or qcow2",
  });
};

/** Together they are one structure of the firmware, which drops one of 64 KiB without a word. */
const MAX_CREDENTIAL_BYTES = 16 * 1024;

/** The values by name. No message repeats any of one. @throws ComposerError `MACHINE_FAILED`. */
const readCredentials = async (
  files: readonly { readonly name: string; readonly file: string }[],
): Promise<Readonly<Record<string, string>>> => {
  const values: (readonly [string, string])[] = [];
  let total = 0;
  for (const { name, file } of files) {
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw new ComposerError("MACHINE_FAILED", `the credential's file ${file} cannot be read`, {
        cause,
        hint: `name the file that holds the value of ${name}`,
      });
    });
    total += Buffer.byteLength(text);
    values.push([name, text]);
  }
  if (total <= MAX_CREDENTIAL_BYTES) return Object.fromEntries(values);
  throw new ComposerError(
    "MACHINE_FAILED",
    `the credentials are larger than ${MAX_CREDENTIAL_BYTES} bytes together`,
    { hint: "give the machine fewer of them, or shorter ones" },
  );
};

/** @throws ComposerError `MACHINE_FAILED`; a private key, given by mistake, must not end up inside the guest. */
const readPublicKey = async (file: string): Promise<string> => {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ComposerError("MACHINE_FAILED", `the ssh key ${file} cannot be read`, {
      cause,
      hint: "name the public key, such as ~/.ssh/id_ed25519.pub",
    });
  });
  if (isPublicKey(text)) return text;
  throw new ComposerError("MACHINE_FAILED", `${file} holds no public key of OpenSSH's`, {
    hint: `name the public one, usually ${file.replace(/(?:\.pub)?$/, ".pub")}`,
  });
};

const findDisk = async (
  target: string,
): Promise<{ readonly disk: string; readonly architecture: Architecture }> => {
  const facts = await stat(target).catch((cause: unknown) => {
    throw new ComposerError("NOT_A_RELEASE", `${target} is not there`, {
      cause,
      hint: "name a release directory (OUT/IMAGE/VERSION/ARCHITECTURE) or a disk image",
    });
  });
  if (!facts.isDirectory()) return { disk: target, architecture: await architectureOf(target) };
  const file = path.join(target, "manifest.json");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ComposerError("NOT_A_RELEASE", `${target} holds no manifest.json`, {
      cause,
      hint: "name a directory that slipway build made: OUT/IMAGE/VERSION/ARCHITECTURE",
    });
  });
  return {
    disk: path.join(target, "disk.raw"),
    architecture: parseManifest(text, file).architecture,
  };
};

/** The architecture that the types of a disk's root partitions name (Discoverable Partitions Specification). */
const architectureOf = async (disk: string): Promise<Architecture> => {
  await using source = await openFileSource(disk);
  const { partitions } = await readPartitionTable(source).catch((cause: unknown) => {
    throw new ComposerError("NOT_A_RELEASE", `${disk} is no disk with a partition table`, {
      cause,
      hint: "name a release directory (OUT/IMAGE/VERSION/ARCHITECTURE) or its disk.raw",
    });
  });
  const found = partitions
    .map(({ typeName }) => (typeName === undefined ? undefined : partitionArchitecture(typeName)))
    .find((architecture) => architecture !== undefined);
  if (found !== undefined) return found;
  throw new ComposerError(
    "NOT_A_RELEASE",
    `${disk} has no root partition of an architecture we know`,
    {
      hint: "name a release directory instead: its manifest says what it is for",
    },
  );
};
