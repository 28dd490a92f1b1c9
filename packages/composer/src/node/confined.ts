/** The settings of systemd.exec(5) that keep our own services to what they are for. Pure. */

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

/**
 * For a oneshot that looks at the ESP: as above, but with /efi as everybody sees it, which is mounted when it is looked at. What it may write and which sockets it may have
 * its unit says.
 */
export const BESIDE_THE_ESP = `CapabilityBoundingSet=
IPAddressDeny=any
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateNetwork=yes
ProtectHome=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
`;
