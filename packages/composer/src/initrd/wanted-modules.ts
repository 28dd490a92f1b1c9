/** The modules of every initrd: what it takes to find a disk, to verify and mount the root, and not to hang. */

/**
 * One list for both architectures and every Debian kernel: a name that a kernel lacks or has built in is skipped.
 * Drivers of devices are loaded by udev when the device is there, file systems and device-mapper targets by the
 * kernel when they are used.
 */
export const INITRD_MODULES: readonly string[] = [
  // Disks of virtual machines and clouds: QEMU, Hyper-V and Azure, Xen and old EC2, VMware.
  ...["virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi", "sd_mod"],
  ...["hv_storvsc", "pci_hyperv", "xen_blkfront", "xen_pcifront", "vmw_pvscsi"],
  // Disks of real machines. The cloud kernels lack most of these; the generic kernels have them.
  ...["nvme", "ahci", "ata_piix", "mmc_block", "sdhci_pci", "sdhci_acpi"],
  ...["megaraid_sas", "mpt3sas", "smartpqi", "hpsa", "mptspi", "aacraid"],
  ...["xhci_pci", "ehci_pci", "usb_storage", "uas"],
  // The root: dm-verity over EROFS, with the overlay on /etc.
  ...["dm_mod", "dm_verity", "erofs", "overlay"],
  // SHA-256 in hardware. dm-verity takes what is there when its table is loaded and keeps it: too late is never.
  ...["sha256_ssse3", "sha2_ce"],
  // The node's /var: the largest of them takes seconds on a slow machine, which it has while udev looks at the disks.
  "xfs",
  // The EFI system partition and the firmware's variables.
  ...["vfat", "nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8", "efivarfs"],
  // systemd asks for it before anything else.
  "autofs4",
  // Settings from the hypervisor; the message of a panic kept over the reset; early randomness.
  ...["qemu_fw_cfg", "dmi_sysfs", "efi_pstore", "virtio_rng"],
  // Watchdogs, for systemd to arm before anything can hang. QEMU's x86_64 machine has i6300esb, its `virt` none.
  ...["i6300esb", "iTCO_wdt", "sp5100_tco", "wdat_wdt", "sbsa_gwdt"],
];

/**
 * Loaded at once rather than when asked for: the generic SHA-256 is built in, so the kernel never asks for a faster
 * one, and udev may come to the processor's turn only after the root was set up.
 */
export const INITRD_MODULES_LOADED: readonly string[] = [
  "sha256_ssse3",
  "sha2_ce",
  "dm_verity",
  "erofs",
  "overlay",
];
