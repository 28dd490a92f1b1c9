/** The QEMU command line of a machine, per architecture. Pure. */
import type { Command } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { type Disk, diskArguments, quoted } from "./machine-disks.ts";

/** How guest instructions are run. `tcg` is software emulation, which works everywhere and is slow. */
export type Accelerator = "kvm" | "tcg";

export type Console =
  /** Standard input and output of ours, with QEMU's monitor behind Ctrl-A. */
  | { readonly kind: "terminal" }
  /** All that the machine says, into a file; nobody can type. */
  | { readonly kind: "file"; readonly file: string }
  /** An inherited descriptor, a connected socket: what is written to it is typed. */
  | { readonly kind: "channel"; readonly descriptor: number };

/** A server on this host's loopback that the guest finds at `SERVER_FOR_GUESTS`, and nothing else. */
export interface HostServer {
  /** Of 127.0.0.1. */
  readonly port: number;
}

/** No card at all; a card on a closed network, no way out and none in; the same with a way in for ssh, or with one way out. */
export type Network = "none" | "closed" | "ssh" | HostServer;

/** In the network that QEMU makes up for its guest. */
export const SERVER_FOR_GUESTS = "http://10.0.2.100";

/** Whether QEMU, in its sandbox, has to see this host's loopback. */
export const seesLoopback = (network: Network | undefined): boolean =>
  network === "ssh" || typeof network === "object";

/** A channel between the guest's `/dev/virtio-ports/NAME` and an inherited descriptor, a connected socket. */
export interface GuestPort {
  readonly name: string;
  readonly descriptor: number;
}

export interface Machine {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  readonly cpus: number;
  /** In the order in which the guest finds them; some of them may be spare. */
  readonly disks: readonly Disk[];
  /** Which of the disks the firmware boots. */
  readonly bootDisk: number;
  readonly console: Console;
  readonly network: Network;
  /** Credentials that systemd in the guest reads, by name. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly ports: readonly GuestPort[];
  /** The inherited descriptor that speaks QMP; a connected socket. */
  readonly control: number;
  /** Whether a reset ends QEMU instead of starting the guest again. */
  readonly endOnReset: boolean;
  /** Whether it does not boot, and waits for the memory of another machine instead (`migrate-incoming`). Default: false. */
  readonly incoming?: boolean;
  /** What the machine's clock shows when it is switched on; default: the host's time. */
  readonly now?: Date;
  /** Added to the kernel's command line by the UKI's stub, unless Secure Boot is on. */
  readonly kernelArguments?: readonly string[];
}

interface Platform {
  readonly program: string;
  readonly machine: string;
  readonly cpu: Readonly<Record<Accelerator, string>>;
  readonly firmware: string;
  /** The firmware's variables as shipped, empty. */
  readonly variables: string;
  /** A watchdog that resets the machine when the guest, having armed it, falls silent. */
  readonly watchdog: readonly string[];
}

/** Paths are those of the `machine` tools tree (Debian's ovmf and qemu-efi-aarch64). */
const PLATFORM: Readonly<Record<Architecture, Platform>> = {
  x86_64: {
    program: "qemu-system-x86_64",
    machine: "q35",
    // Emulated, wide vectors cost more than they save, and five levels of page tables one step more at every miss:
    // a boot takes a tenth less work without them. SHA and AES instructions, which do save, stay. Moving memory by string instructions, which goes
    // byte by byte, is for processors that are fast at it: the kernel's own loops save a tenth more.
    cpu: {
      kvm: "host",
      tcg: "max,la57=off,avx=off,avx2=off,f16c=off,fma=off,erms=off,fsrm=off,fzrm=off,fsrs=off,fsrc=off",
    },
    firmware: "/usr/share/OVMF/OVMF_CODE_4M.fd",
    variables: "/usr/share/OVMF/OVMF_VARS_4M.fd",
    watchdog: ["-device", "i6300esb", "-action", "watchdog=reset"],
  },
  aarch64: {
    program: "qemu-system-aarch64",
    machine: "virt",
    cpu: { kvm: "host", tcg: "cortex-a76" },
    firmware: "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
    variables: "/usr/share/AAVMF/AAVMF_VARS.fd",
    // The machine has no watchdog that Debian's kernels know.
    watchdog: [],
  },
};

/** One thread a processor; a translated block is found by all of them. */
const ACCELERATOR: Readonly<Record<Accelerator, string>> = { kvm: "kvm", tcg: "tcg,thread=multi" };

/**
 * Firmware code is the tree's and read-only. Its variables go to a temporary file that QEMU makes and drops
 * (`snapshot=on`), so that every start has fresh ones: those of another disk end in the firmware's shell.
 */
const platformArguments = (
  architecture: Architecture,
  accelerator: Accelerator,
): readonly string[] => {
  const { machine, cpu, firmware, variables } = PLATFORM[architecture];
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    ...["-machine", machine, "-cpu", cpu[accelerator], "-accel", ACCELERATOR[accelerator]],
    ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${firmware}`],
    ...["-drive", `if=pflash,unit=1,format=raw,snapshot=on,file=${variables}`],
  ];
};

const consoleArguments = (console: Console): readonly string[] => {
  switch (console.kind) {
    case "terminal":
      return ["-serial", "mon:stdio"];
    case "file":
      return [
        ...["-chardev", `file,id=console,path=${quoted(console.file)}`],
        ...["-serial", "chardev:console"],
      ];
    case "channel":
      return [
        ...["-chardev", `socket,id=console,fd=${console.descriptor}`],
        ...["-serial", "chardev:console"],
      ];
  }
};

/** The host's side is on the loopback only, for ssh at a port that the host has free: see `parseSshPort`. */
const networkArguments = (network: Network): readonly string[] =>
  network === "none"
    ? ["-nic", "none"]
    : [
        ...["-netdev", `user,id=net,restrict=on${waysThrough(network)}`],
        ...["-device", "virtio-net-pci,netdev=net,romfile="],
      ];

/**
 * A program for each connection of the guest's: QEMU can also hand them to one of its own channels, but then all connections are one stream.
 * `restrict=on` shuts everything else.
 */
const waysThrough = (network: Exclude<Network, "none">): string => {
  if (network === "closed") return "";
  if (network === "ssh") return ",hostfwd=tcp:127.0.0.1:0-:22";
  return `,guestfwd=tcp:10.0.2.100:80-cmd:socat STDIO TCP4:127.0.0.1:${network.port}`;
};

/** A credential as an SMBIOS string, systemd.system-credentials(7). */
const credentialArguments = (credentials: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(credentials).flatMap(([name, text]) => [
    "-smbios",
    `type=11,value=io.systemd.credential.binary:${name}=${Buffer.from(text).toString("base64")}`,
  ]);

/** systemd-stub(7) takes them from an SMBIOS string. */
const kernelArguments = (extra: readonly string[]): readonly string[] =>
  extra.length === 0
    ? []
    : [
        "-smbios",
        `type=11,value=${quoted(`io.systemd.stub.kernel-cmdline-extra=${extra.join(" ")}`)}`,
      ];

/** As QEMU wants it: in UTC, without zone and fractions. */
const clockArguments = (now: Date | undefined): readonly string[] =>
  now === undefined ? [] : ["-rtc", `base=${now.toISOString().slice(0, 19)}`];

export const machineCommand = (machine: Machine): Command => {
  const { architecture, accelerator } = machine;
  const platform = PLATFORM[architecture];
  return {
    argv: [
      platform.program,
      ...platformArguments(architecture, accelerator),
      ...["-smp", String(machine.cpus), "-m", String(machine.memoryMib)],
      ...diskArguments(machine.disks, machine.bootDisk),
      ...["-device", "virtio-rng-pci"],
      ...platform.watchdog,
      ...networkArguments(machine.network),
      ...consoleArguments(machine.console),
      ...(machine.ports.length === 0 ? [] : ["-device", "virtio-serial-pci"]),
      ...machine.ports.flatMap(({ name, descriptor }) => [
        "-chardev",
        `socket,id=port-${name},fd=${descriptor}`,
        "-device",
        `virtserialport,chardev=port-${name},name=${name}`,
      ]),
      ...["-chardev", `socket,id=control,fd=${machine.control}`],
      ...["-mon", "chardev=control,mode=control"],
      ...credentialArguments(machine.credentials),
      ...kernelArguments(machine.kernelArguments ?? []),
      ...clockArguments(machine.now),
      ...(machine.endOnReset ? ["-no-reboot"] : []),
      ...(machine.incoming === true ? ["-incoming", "defer"] : []),
    ],
    purpose: "running the machine",
  };
};

/** A machine with firmware and nothing to boot, whose firmware soon says so on standard output. */
export const probeCommand = (architecture: Architecture, accelerator: Accelerator): Command => ({
  argv: [
    PLATFORM[architecture].program,
    ...platformArguments(architecture, accelerator),
    ...["-smp", "1", "-m", "256", "-nic", "none", "-serial", "stdio", "-no-reboot"],
  ],
  purpose: `trying whether ${accelerator} works`,
});
