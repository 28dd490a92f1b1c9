/** The mounts of carrying /etc, and those that an interrupted run has left. */
import type { Command } from "@slipway/host";

/**
 * The same options as the initrd's: with others an upper written here could not be read there. An upper with an index
 * or with redirects is bound to one lower; without them it is plain files, whiteouts and opaque directories.
 */
const OVERLAY_OPTIONS = ["index=off", "metacopy=off", "redirect_dir=off", "xino=off"];

export interface OverlayPlaces {
  readonly lower: string;
  readonly upper: string;
  readonly work: string;
}

/** Only the characters that mount options do not treat in their own way. */
export const isMountablePath = (path: string): boolean => /^\/[A-Za-z0-9_./+@%=-]*$/.test(path);

export const mountOverlayCommand = (places: OverlayPlaces, at: string): Command => ({
  argv: [
    "mount",
    ...["--types", "overlay", "--options"],
    [
      `lowerdir=${places.lower}`,
      `upperdir=${places.upper}`,
      `workdir=${places.work}`,
      "nodev,nosuid,noexec",
      ...OVERLAY_OPTIONS,
    ].join(","),
    ...["slipway-etc", at],
  ],
  purpose: "mounting /etc of the new release",
});

/** Without what is mounted below: a file of the node may be hidden by one that is not its own. */
export const bindCommands = (from: string, at: string): readonly [Command, Command] => [
  {
    argv: ["mount", "--bind", from, at],
    purpose: "looking at the node's /etc without mounts in it",
  },
  {
    argv: ["mount", "--options", "remount,bind,ro", at],
    purpose: "making the look at the node's /etc read-only",
  },
];

export const unmountCommand = (at: string): Command => ({
  argv: ["umount", at],
  purpose: `unmounting ${at}`,
});

/** Writes everything of one file system that is still in memory. */
export const syncFileSystemCommand = (path: string): Command => ({
  argv: ["sync", "--file-system", path],
  purpose: `making ${path} durable`,
});

/** The mount points at or below a directory in the text of /proc/self/mountinfo, the last mounted first. */
export const mountsBelow = (mountinfo: string, directory: string): readonly string[] =>
  mountinfo
    .split("\n")
    .map((line) => unescapeMount(line.split(" ")[4] ?? ""))
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .toReversed();

const unescapeMount = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
