/** The files of an initrd that come from no package: what maintainer scripts would have made, and our own units. Pure. */
import { type InitrdEntry, linkEntry, textEntry } from "./entry.ts";
import { INITRD_MODULES_LOADED } from "./wanted-modules.ts";
import { type ModulePlan, moduleName } from "./modules.ts";
import { INITRD_UNITS } from "./units.ts";

const directory = (path: string, mode = 0o755): InitrdEntry => ({ kind: "directory", path, mode });

/** No version in it: the initrd of two releases differs only where their packages or kernels do. */
const RELEASE = `NAME="Slipway initrd"
ID=slipway-initrd
PRETTY_NAME="Slipway initrd"
`;

/** Groups that udev's rules name. The system sets owners again when it starts its own udev, so numbers end here. */
const GROUPS: readonly string[] = [
  ...[
    "root:x:0:",
    "tty:x:5:",
    "disk:x:6:",
    "lp:x:7:",
    "kmem:x:15:",
    "dialout:x:20:",
    "cdrom:x:24:",
  ],
  ...["tape:x:26:", "audio:x:29:", "video:x:44:", "input:x:990:", "sgx:x:991:", "clock:x:992:"],
  ...["kvm:x:993:", "render:x:994:", "systemd-journal:x:995:", "nogroup:x:65534:"],
];

const ACCOUNTS: readonly string[] = [
  "root:x:0:0:root:/root:/usr/sbin/nologin",
  "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
];

/**
 * The mapped root has the file system of its slot, and so would get the slot's name below by-uuid. veritysetup is bound to that name: were it
 * to move away from the partition while veritysetup is at work, systemd would stop it, and now and then it does.
 */
const VERITY_LINKS = `SUBSYSTEM=="block", KERNEL=="dm-*", ENV{DM_UUID}=="CRYPT-VERITY-*", OPTIONS+="link_priority=-100"
`;

/** Whoever looks for /var here looks at the partition table: what is in it is read by nobody before it is mounted. */
const VAR_UNREAD = `SUBSYSTEM=="block", ENV{PARTNAME}=="var", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"
`;

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");

/** The names among those to be loaded at once that were packed. */
const loadedAtOnce = (plan: ModulePlan): readonly string[] => {
  const packed = new Set(plan.files.map(moduleName));
  return INITRD_MODULES_LOADED.filter((name) => packed.has(name));
};

/** Everything that the packages do not bring. */
export const initrdOverlay = (plan: ModulePlan): readonly InitrdEntry[] => [
  linkEntry("/init", "usr/lib/systemd/systemd"),
  linkEntry("/usr/bin/sh", "dash"),
  ...["bin", "sbin", "lib", "lib64"].map((name) => linkEntry(`/${name}`, `usr/${name}`)),
  ...["/dev", "/proc", "/sys", "/run", "/sysroot", "/usr/lib64"].map((path) => directory(path)),
  directory("/root", 0o700),
  directory("/tmp", 0o1777),
  directory("/var"),
  textEntry("/usr/lib/initrd-release", RELEASE),
  linkEntry("/etc/initrd-release", "../usr/lib/initrd-release"),
  linkEntry("/usr/lib/os-release", "initrd-release"),
  linkEntry("/etc/os-release", "../usr/lib/initrd-release"),
  textEntry("/etc/passwd", lines(ACCOUNTS)),
  textEntry("/etc/group", lines(GROUPS)),
  textEntry("/etc/nsswitch.conf", "passwd: files\ngroup: files\n"),
  textEntry("/usr/lib/modules-load.d/slipway.conf", lines(loadedAtOnce(plan))),
  textEntry("/usr/lib/udev/rules.d/59-slipway-var.rules", VAR_UNREAD),
  // After the rules that name the links.
  textEntry("/usr/lib/udev/rules.d/61-slipway-verity.rules", VERITY_LINKS),
  ...INITRD_UNITS,
];
