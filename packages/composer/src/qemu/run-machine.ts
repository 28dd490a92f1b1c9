/** `slipway run`: boots a disk in QEMU, on the terminal or to run one command. */
import path from "node:path";
import type { Clock } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ComposerError } from "../errors.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { chooseAccelerator } from "./accelerator.ts";
import { commandCredentials, PORTS } from "./guest-command.ts";
import { type Machine, machineCommand, type Network, seesLoopback } from "./machine.ts";
import type { Monitor } from "./monitor.ts";
import { keptDisk, type PreparedDisk, prepareDisk } from "./prepare-disk.ts";
import { parseSshPort, sshCredentials, sshHint } from "./ssh-access.ts";
import { type CommandOutcome, superviseCommand, superviseTerminal } from "./supervise.ts";
import { FIRST_CHANNEL, type Program, type Spawn, spawnInTree } from "./spawn.ts";

export const DEFAULT_MEMORY_MIB = 1024;
/** A guest of another architecture needs up to five minutes under emulation on a busy computer, and then its command. */
export const DEFAULT_TIMEOUT_MS: number = 10 * 60_000;
const CPUS = 2;

export interface MachineRequest {
  /** The image to boot: raw or qcow2. It is never written to. */
  readonly disk: string;
  readonly architecture: Architecture;
  readonly memoryMib?: number;
  /** Bytes; not less than the image has. */
  readonly diskBytes?: number;
  /** Further disks, raw or qcow2, that the machine finds after its own. They are not written to either. */
  readonly addDisks?: readonly string[];
  /** A public key of OpenSSH's that may come in as root by ssh; without a command only. */
  readonly ssh?: { readonly publicKey: string | undefined };
  /** Credentials for systemd in the guest, by name. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Go on with the disk as the last `keep` left it (`NAME.kept.qcow2` beside the image), and leave it there. */
  readonly keep: boolean;
  /** The command to run in the guest; without one, its console is on our terminal. */
  readonly exec?: string;
  readonly timeoutMs?: number;
  /** The command's output as it comes. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** What a person should know while waiting: that there is no KVM, where the kept disk is. */
  readonly onMessage: (message: string) => void;
}

export interface MachineHost {
  /** The `machine` tools tree. */
  readonly toolbox: Pick<Toolbox, "tree" | "run">;
  readonly clock: Clock;
  /** An empty directory on a disk, for what the machine writes; the caller removes it. */
  readonly scratch: string;
  /** Where it is remembered whether KVM works. */
  readonly memory: string;
  readonly spawn?: Spawn;
}

export type MachineOutcome =
  | { readonly kind: "terminal"; readonly exitStatus: number }
  | ({ readonly kind: "command" } & CommandOutcome);

/**
 * Boots and waits. With `exec`, throws ComposerError `MACHINE_RESET`, `MACHINE_TIMEOUT` or `MACHINE_FAILED` when the
 * command did not come to its end; a command that fails is no error but an exit status.
 */
export const runMachine = async (
  host: MachineHost,
  request: MachineRequest,
  signal?: AbortSignal,
): Promise<MachineOutcome> => {
  const { toolbox, clock, scratch, memory, spawn = spawnInTree } = host;
  const { architecture, exec, timeoutMs = DEFAULT_TIMEOUT_MS, onMessage } = request;
  const { tree } = toolbox;
  const choice = await chooseAccelerator({ spawn, clock, tree, architecture, memory });
  if (choice.reason !== undefined)
    onMessage(`${choice.reason}: emulating in software, which is slow`);
  const disks = await prepareDisks(toolbox, request, scratch, signal);
  for (const { durable, file } of disks) if (durable) onMessage(`changes are kept in ${file}`);

  const consoleFile = path.join(scratch, "console.log");
  const network: Network =
    request.ssh !== undefined ? "ssh" : exec === undefined ? "closed" : "none";
  const ports = exec === undefined ? [] : PORTS;
  const machine: Machine = {
    architecture,
    accelerator: choice.accelerator,
    memoryMib: request.memoryMib ?? DEFAULT_MEMORY_MIB,
    cpus: CPUS,
    disks,
    bootDisk: 0,
    console: exec === undefined ? { kind: "terminal" } : { kind: "file", file: consoleFile },
    network,
    credentials: {
      ...request.credentials,
      ...(exec === undefined ? {} : commandCredentials(exec, settleSeconds(timeoutMs))),
      ...(request.ssh?.publicKey === undefined ? {} : sshCredentials(request.ssh.publicKey)),
    },
    ports: ports.map((name, index) => ({ name, descriptor: FIRST_CHANNEL + 1 + index })),
    control: FIRST_CHANNEL,
    endOnReset: exec !== undefined,
  };
  const program: Program = spawn(tree, machineCommand(machine), {
    terminal: exec === undefined,
    channels: 1 + ports.length,
    readable: disks.flatMap(({ backing }) => backing),
    writable: [...disks.map(({ file }) => path.dirname(file)), scratch],
    // A port of the host's loopback is the way in. QEMU itself lets nothing out: `restrict=on`.
    network: seesLoopback(network),
  });
  if (exec === undefined) {
    onMessage("Ctrl-A X ends the machine, Ctrl-A H lists what else there is");
    const exitStatus = await superviseTerminal(program, clock, signal, async (monitor) => {
      if (network === "ssh") onMessage(sshHint(await sshPort(monitor)));
    });
    return { kind: "terminal", exitStatus };
  }
  const { onStdout, onStderr } = request;
  const outcome = await superviseCommand(
    program,
    {
      clock,
      timeoutMs,
      consoleFile,
      ...(onStdout === undefined ? {} : { onStdout }),
      ...(onStderr === undefined ? {} : { onStderr }),
    },
    signal,
  );
  return { kind: "command", ...outcome };
};

/** The machine's own disk first. Two disks kept in one file would destroy each other. */
const prepareDisks = async (
  toolbox: Pick<Toolbox, "run">,
  { disk, diskBytes, addDisks = [], keep }: MachineRequest,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<readonly PreparedDisk[]> => {
  const files = [disk, ...addDisks].map((file) => path.resolve(file));
  const kept = files.map(keptDisk);
  const twice = files.find((_, index) => kept.indexOf(kept[index] ?? "") !== index);
  if (keep && twice !== undefined) {
    throw new ComposerError(
      "MACHINE_FAILED",
      `what the machine writes to ${twice} would be kept where another disk of it is kept`,
      {
        hint: "leave out --keep, or copy the disk to another name",
      },
    );
  }
  const prepared: PreparedDisk[] = [];
  for (const [index, file] of files.entries()) {
    const own = index > 0 ? { added: index } : diskBytes === undefined ? {} : { diskBytes };
    prepared.push(await prepareDisk(toolbox, { disk: file, keep, ...own }, scratch, signal));
  }
  return prepared;
};

/** @throws ComposerError `MACHINE_FAILED` when QEMU forwards no port. */
export const sshPort = async (monitor: Pick<Monitor, "info">): Promise<number> => {
  const port = parseSshPort(await monitor.info("usernet"));
  if (port !== undefined) return port;
  throw new ComposerError("MACHINE_FAILED", "QEMU forwards no port of this host to the machine");
};

/** The guest names what hangs while there is still time for us to read it. */
const settleSeconds = (timeoutMs: number): number => Math.max(1, Math.floor(timeoutMs / 1000) - 30);
