/** The kernel command line of a release: one place for both architectures. Pure. */
import type { Architecture } from "@slipway/ignition-config";

export interface RootIdentity {
  /** dm-verity's root hash, lower-case hexadecimal. */
  readonly roothash: string;
  /** UUID in the EROFS superblock. */
  readonly dataUuid: string;
  /** UUID in the verity superblock. */
  readonly hashUuid: string;
  /** The definition's own arguments; they come last, so that they win. */
  readonly extra?: readonly string[];
}

/** The last console is /dev/console: what systemd and panics say must reach the serial line of a headless machine. */
const SERIAL: Readonly<Record<Architecture, string>> = {
  x86_64: "ttyS0,115200",
  aarch64: "ttyAMA0,115200",
};

/**
 * What the machine does when it cannot go on. Always: come back, so that boot counting gets its say.
 *
 * `oops=panic`: after an oops the kernel goes on with a killed thread, whose locks stay taken and whose work is half
 * done. Such a machine answers pings and serves nothing, and no boot counter or health check sees it. A node here has
 * another slot and a fleet around it, so a clean restart is the better failure, and the message survives in pstore.
 * Warnings (WARN) and soft lock-ups do not panic: they report, and hangs are the hardware watchdog's.
 */
const RECOVERY: readonly string[] = ["panic=10", "oops=panic", "systemd.crash_action=reboot"];

/**
 * What the recovery profile adds. Whoever can choose it in the loader's menu sits at the machine's console, where a disk of
 * their own would boot as well: they get a shell there, and nothing on the disk is written to (`prepare-node`).
 */
export const RECOVERY_PROFILE: readonly string[] = [
  "slipway.recovery",
  "systemd.set_credential=agetty.autologin:root",
  "systemd.set_credential=login.noauth:yes",
];

/** The arguments that make exactly this release's root, wherever on the disk it lies, the root of the machine. */
export const kernelArguments = (
  architecture: Architecture,
  { roothash, dataUuid, hashUuid, extra = [] }: RootIdentity,
): readonly string[] => [
  `roothash=${roothash}`,
  `systemd.verity_root_data=UUID=${dataUuid}`,
  `systemd.verity_root_hash=UUID=${hashUuid}`,
  // A damaged block must neither be served nor turn into an I/O error that some program shrugs off.
  "systemd.verity_root_options=panic-on-corruption",
  "rootfstype=erofs",
  "ro",
  // Partitions are mounted by us and by name of the boot disk: nothing may pick them by their types.
  "systemd.gpt_auto=no",
  ...RECOVERY,
  "console=tty0",
  `console=${SERIAL[architecture]}`,
  ...extra,
];
