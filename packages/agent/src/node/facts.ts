/** What is so on the node, as far as it can be observed. Nothing here is remembered: each look reads all of it anew. */
import type { Architecture } from "@slipway/release";
import type { EntryName } from "../esp/entry-name.ts";
import type { ReleaseRef } from "../machine/release.ts";

export type SlotLetter = "a" | "b";

/** A UKI on the ESP, by its name and by its command line. */
export interface EspEntry {
  /** Its name in `EFI/Linux`. */
  readonly file: string;
  /** What the file's name says; where a power cut tore that, what is in the file, and what the loader makes of it. */
  readonly name: EntryName;
  /** From its command line; undefined where the file is no UKI, or a torn one, or names no root. */
  readonly roothash: string | undefined;
  readonly dataUuid: string | undefined;
  readonly hashUuid: string | undefined;
  /** In bytes. */
  readonly size: number;
}

/** A file among the entries whose name says nothing, and whose contents do: a power cut tore the name. */
export interface TornEntry {
  readonly file: string;
  readonly roothash: string;
}

export interface BootedSlot extends ReleaseRef {
  readonly slot: SlotLetter;
  /** The one that the loader says it booted, where its command line is the one that runs. */
  readonly entry: EspEntry | undefined;
  /** Why there is no such entry: after kexec, a soft reboot, another loader. Nothing may then be blessed, or written. */
  readonly unproven: string | undefined;
}

export interface InactiveSlot {
  readonly slot: SlotLetter;
  /** By both superblocks and a UKI on the ESP that names them, staged or not; undefined where no UKI does. */
  readonly release: ReleaseRef | undefined;
  /** The entry that boots this slot. */
  readonly entry: EspEntry | undefined;
  /** The UKI under its name that the loader ignores. */
  readonly staged: EspEntry | undefined;
}

/** Everything that the machine of states decides by. */
export interface HostFacts {
  /** The kernel's id of this boot: 32 hexadecimal digits and four dashes. */
  readonly bootId: string;
  readonly image: string;
  readonly architecture: Architecture;
  /** Of the agent in the booted release. */
  readonly agentVersion: string;
  readonly booted: BootedSlot;
  /** The loader counted this boot and nobody has blessed or condemned it yet: probation. */
  readonly counted: boolean;
  /** Why the node runs on a temporary `/var`, a line a reason; empty where it does not. */
  readonly degraded: readonly string[];
  readonly inactive: InactiveSlot;
  /** All UKIs in `EFI/Linux` whose names are ours, or were before a power cut, staged ones among them, by name. */
  readonly entries: readonly EspEntry[];
  readonly torn: readonly TornEntry[];
  /** What makes the loader boot an entry by name instead of the best one, a line a reason: it would stick to that one even when it is bad. */
  readonly overrides: readonly string[];
  /** Of the smaller root partition, in bytes. */
  readonly slotBytes: number;
  /** What can still be written, in bytes; 0 where there is no ESP. */
  readonly espFreeBytes: number;
  readonly varFreeBytes: number;
}

export interface SlotDevice {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** A slot's two partitions. */
export interface SlotDevices {
  readonly root: SlotDevice;
  readonly verity: SlotDevice;
}

/** The disk that the node was booted from. */
export interface BootDisk {
  /** The kernel's name of it: `vda`, `nvme0n1`. */
  readonly name: string;
  readonly slots: Readonly<Record<SlotLetter, SlotDevices>>;
}

/** One look at the node: what is decided by, and where things are. */
export interface NodeView {
  readonly facts: HostFacts;
  readonly disk: BootDisk;
}
