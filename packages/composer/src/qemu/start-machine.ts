/** Starting machines to talk with: on disks that the caller owns, keeps over several boots, and may write to in between. */
import type { Clock, Exec } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import path from "node:path";
import { openStore } from "../cache/store.ts";
import { silentProgress } from "../progress.ts";
import { chooseAccelerator } from "./accelerator.ts";
import { SHELL_PORT, shellCredentials } from "./guest-shell.ts";
import { machineCommand, type Network, seesLoopback } from "./machine.ts";
import type { Disk } from "./machine-disks.ts";
import { loadMemory } from "./memory.ts";
import { FIRST_CHANNEL, spawnInTree } from "./spawn.ts";
import { hostAptNetworkSettings, hostMirrors } from "../tools/host-apt.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { ensureToolbox } from "../tools/tree.ts";
import { type MachineSession, openSession, SESSION_CHANNELS } from "./session.ts";

export interface SessionMachine {
  readonly architecture: Architecture;
  /** In the order in which the guest finds them. Raw files: what the guest writes goes right into them. */
  readonly disks: readonly (Pick<Disk, "file"> & Partial<Disk>)[];
  /** Which of the disks is booted. Default: the first. */
  readonly bootDisk?: number;
  readonly memoryMib?: number;
  /** Default: none. */
  readonly network?: Network;
  /** For systemd in the initrd and in the system, beside those that make the guest run our commands. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Appended to the kernel's command line. */
  readonly kernelArguments?: readonly string[];
  /** The time on the machine's clock when it is switched on. */
  readonly now?: Date;
  /** Whether a reset ends it. Default: it starts again. */
  readonly endOnReset?: boolean;
  /**
   * The memory of another machine (`saveMemory`), to go on from instead of booting. Beside a disk of this one. What else is said of the
   * machine has to be as it was for the other, but for the disks' files, copies from the same moment, and the server that its network leads to.
   */
  readonly memory?: string;
}

export interface MachineHouse {
  readonly exec: Exec;
  readonly clock: Clock;
  /** The composer's cache: QEMU is kept there. */
  readonly cache: string;
}

/** QEMU and firmware, fetched on first use. */
export const machineTools = async ({
  exec,
  cache,
}: Pick<MachineHouse, "exec" | "cache">): Promise<Toolbox> =>
  ensureToolbox(exec, await openStore(cache), silentProgress, "machine", async () => ({
    mirrors: await hostMirrors(),
    aptSettings: await hostAptNetworkSettings(exec),
  }));

/**
 * Switches a machine on. Whoever does so ends it: `await using`.
 * @throws ComposerError `MACHINE_FAILED` or `MACHINE_TIMEOUT` when it cannot go on from the memory that it is given.
 */
export const startMachine = async (
  { exec, clock, cache }: MachineHouse,
  machine: SessionMachine,
): Promise<MachineSession> => {
  const { architecture, disks } = machine;
  const { tree } = await machineTools({ exec, cache });
  const { accelerator } = await chooseAccelerator({
    spawn: spawnInTree,
    clock,
    tree,
    architecture,
    memory: cache,
  });
  const descriptor = (channel: (typeof SESSION_CHANNELS)[number]): number =>
    FIRST_CHANNEL + SESSION_CHANNELS.indexOf(channel);
  const command = machineCommand({
    architecture,
    accelerator,
    memoryMib: machine.memoryMib ?? 1024,
    cpus: 2,
    disks: disks.map((disk) => ({ format: "raw", durable: false, ...disk })),
    bootDisk: machine.bootDisk ?? 0,
    console: { kind: "channel", descriptor: descriptor("console") },
    network: machine.network ?? "none",
    credentials: { ...shellCredentials(), ...machine.credentials },
    kernelArguments: machine.kernelArguments ?? [],
    ports: [{ name: SHELL_PORT, descriptor: descriptor("shell") }],
    control: descriptor("control"),
    endOnReset: machine.endOnReset ?? false,
    incoming: machine.memory !== undefined,
    ...(machine.now === undefined ? {} : { now: machine.now }),
  });
  const program = spawnInTree(tree, command, {
    terminal: false,
    channels: SESSION_CHANNELS.length,
    writable: disks.flatMap(({ file, record }) =>
      [file, ...(record === undefined ? [] : [record])].map((one) => path.dirname(one)),
    ),
    network: seesLoopback(machine.network),
  });
  const session = openSession(program, clock);
  if (machine.memory === undefined) return session;
  try {
    await loadMemory(session.execute, clock, machine.memory);
    return session;
  } catch (error) {
    await session.cut();
    throw error;
  }
};
