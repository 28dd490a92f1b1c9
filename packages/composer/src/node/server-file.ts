/** Files and links of a server, where the programs that they are for are in the image. Pure. */
import type { NodeFile } from "./node-file.ts";

export interface ServerFile extends NodeFile {
  /** Written only into trees that have this path: settings of a program that an image may do without. */
  readonly needs?: string;
}

export interface ServerLink {
  readonly path: string;
  /** What the link says. */
  readonly target: string;
  readonly needs?: string;
}

/** Where units of the image live; an operator's drop-ins and masks go to `/etc/systemd/system` and win. */
export const UNITS = "/usr/lib/systemd/system";

/**
 * What a oneshot of ours may do: read the system, write the directories that its unit names, nothing else. No
 * capability, no network, no device. `PrivateTmp=disconnected`, since the plain one waits for mounts of `/var/tmp`.
 */
export const confined = (
  options: { readonly capability?: string; readonly systemCall?: string } = {},
): string =>
  `CapabilityBoundingSet=${options.capability ?? ""}
DevicePolicy=closed
IPAddressDeny=any
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateIPC=yes
PrivateNetwork=yes
PrivateTmp=disconnected
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
${options.capability === undefined ? "ProtectHostname=yes\n" : ""}ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=none
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
${options.systemCall === undefined ? "" : `SystemCallFilter=${options.systemCall}\n`}`;
