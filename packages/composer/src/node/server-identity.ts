/** Who a node is: its machine-id kept over releases, a node id that says nothing of the machine-id, and a name. */
import { script } from "./script.ts";
import { confined } from "./confined.ts";
import { type NodeFile, type NodeLink, UNITS } from "./node-file.ts";

/**
 * Only the network waits for it: DHCP sends the name. The kernel forgets the name at every boot; `prepare-node` gives it again, and this
 * service is for the first boot and for files that a power cut or a hand has spoilt.
 */
const IDENTITY_SERVICE = `[Unit]
Description=Identity and Name of the Node
ConditionPathExists=!/run/slipway/identity-known
DefaultDependencies=no
RequiresMountsFor=/var/lib/slipway
After=local-fs.target
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/slipway/keep-identity
StateDirectory=slipway
RuntimeDirectory=slipway
# What else says there why a node is degraded stays when this stops.
RuntimeDirectoryPreserve=yes
UMask=0022
${confined({ capability: "CAP_SYS_ADMIN", systemCall: "sethostname" })}`;

const HOSTNAMED = `# Made by Slipway: the name to fall back to, see slipway-identity.service.
[Service]
EnvironmentFile=-/run/slipway/hostname
`;

export const IDENTITY_FILES: readonly NodeFile[] = [
  script("keep-identity"),
  { path: `${UNITS}/slipway-identity.service`, text: IDENTITY_SERVICE },
  { path: `${UNITS}/systemd-hostnamed.service.d/50-slipway.conf`, text: HOSTNAMED },
];

export const IDENTITY_LINKS: readonly NodeLink[] = [
  {
    path: `${UNITS}/multi-user.target.wants/slipway-identity.service`,
    target: "../slipway-identity.service",
  },
];
