/** systemd.preset(5): what runs without anybody asking. Pure. */

/**
 * Services of the base system. Everything else, whichever package brings it, runs when a config enables it: presets are
 * applied when the image is built and never on a node, so that an upgraded node runs what a fresh one would.
 */
const SYSTEM_UNITS = [
  "dbus-broker.service",
  "fstrim.timer",
  "getty@.service",
  "machines.target",
  "remote-cryptsetup.target",
  "remote-fs.target",
  "slipway-*",
  "ssh.service",
  "systemd-network-generator.service",
  "systemd-networkd-wait-online.service",
  "systemd-networkd.service",
  "systemd-pstore.service",
  "systemd-resolved.service",
  "systemd-timesyncd.service",
] as const;

/** Services of every user's own manager. */
const USER_UNITS = ["systemd-tmpfiles-clean.timer", "systemd-tmpfiles-setup.service"] as const;

const HEADER = `# Made by Slipway. A config's own choices are in 20-ignition.preset and come first;
# the line at the end keeps the presets of packages from having a say.
`;

const preset = (units: readonly string[]): string =>
  `${HEADER}${units.map((unit) => `enable ${unit}\n`).join("")}disable *\n`;

export const SYSTEM_PRESET: string = preset(SYSTEM_UNITS);
export const USER_PRESET: string = preset(USER_UNITS);
