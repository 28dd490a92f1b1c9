/** All that differs between the architectures of the machines we compose for, in one place. */
import type { Architecture } from "@slipway/ignition-config";

export interface ArchitectureFacts {
  /** Debian's name, as in package file names. */
  readonly debian: string;
  /** The suffix in the names of EFI programs, UEFI 2.10 section 3.5.1.1, lower case. */
  readonly efi: string;
  /** The machine type in the header of EFI programs, PE/COFF section 3.3.1. */
  readonly peMachine: number;
  /** `e_machine` in the header of the architecture's programs, ELF gABI. */
  readonly elfMachine: number;
  /** `Type=` of systemd-repart, Discoverable Partitions Specification. */
  readonly rootPartition: string;
  readonly rootVerityPartition: string;
}

export const ARCHITECTURE: Readonly<Record<Architecture, ArchitectureFacts>> = {
  x86_64: {
    debian: "amd64",
    efi: "x64",
    peMachine: 0x8664,
    elfMachine: 62,
    rootPartition: "root-x86-64",
    rootVerityPartition: "root-x86-64-verity",
  },
  aarch64: {
    debian: "arm64",
    efi: "aa64",
    peMachine: 0xaa64,
    elfMachine: 183,
    rootPartition: "root-arm64",
    rootVerityPartition: "root-arm64-verity",
  },
};
