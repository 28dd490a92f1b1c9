/** How a node gets onto the network, resolves names and tells the time, unless somebody says otherwise. Pure. */
import { type NodeFile, UNITS } from "./node-file.ts";

/** `Kind=!*`: bridges and pairs of containers are of type ether too, and are none of ours. */
const DHCP = `# Made by Slipway: DHCP and router advertisements on every wired interface.
# A file in /etc/systemd/network whose name sorts before this one wins, as does one of the same name.
[Match]
Type=ether
Kind=!*

[Network]
DHCP=yes
`;

/**
 * Only services that ask for network-online.target wait, only for the first interface, and not for ever: a node without
 * a network comes up all the same, is not called degraded for it, and lets its services find out by themselves.
 */
const WAIT_ONLINE = `# Made by Slipway: one interface is enough, and a node without a network is no failure.
[Service]
ExecStart=
ExecStart=-/usr/lib/systemd/systemd-networkd-wait-online --any --timeout=60
`;

const RESOLVED = `# Made by Slipway: ask the servers that DHCP or a .network file names, and nobody else.
[Resolve]
# Neither answers nor questions to whoever is on the same wire.
LLMNR=no
MulticastDNS=no
# Servers in data centres that mangle signatures would take all names away; who has good ones says DNSSEC=yes.
DNSSEC=no
FallbackDNS=
`;

/**
 * The time of this file is the release's date, as all times in an image are, and systemd does not let the clock be
 * earlier: certificates and metadata would all be "not yet valid".
 */
const CLOCK_EPOCH = "";

export const NETWORK_FILES: readonly NodeFile[] = [
  { path: "/usr/lib/systemd/network/80-dhcp.network", text: DHCP },
  { path: `${UNITS}/systemd-networkd-wait-online.service.d/50-slipway.conf`, text: WAIT_ONLINE },
  { path: "/usr/lib/systemd/resolved.conf.d/50-slipway.conf", text: RESOLVED },
  { path: "/usr/lib/clock-epoch", text: CLOCK_EPOCH },
];
