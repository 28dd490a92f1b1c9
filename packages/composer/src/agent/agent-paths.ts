/** Where the agent and what it reads lie in a root. */

/** Where it lies with all that it consists of. */
export const AGENT_DIRECTORY = "/usr/lib/slipway/agent";

/** `/usr/bin/slipway-agent` starts the second with the first; what that loads at need lies below `parts` beside it. */
export const AGENT_FILES = {
  node: "/usr/lib/slipway/agent/node",
  program: "/usr/lib/slipway/agent/agent.mjs",
  licences: "/usr/lib/slipway/agent/LICENSES",
} as const;

/**
 * systemd-boot as the release was built with it, where its own package has it: the agent brings it onto the ESP of nodes that were installed with an older
 * one. By the architecture's suffix in the names of EFI programs.
 */
export const loaderFile = (efi: string): string =>
  `/usr/lib/systemd/boot/efi/systemd-boot${efi}.efi`;

/** What the release says of itself to the agent in it. */
export const RELEASE_FILE = "/usr/lib/slipway/release.json";
/** The image's settings for the agent; files of the operator's come later by directory, and win. */
export const SETTINGS_FILE = "/usr/lib/slipway/agent.d/10-image.yaml";
/** The TUF root that every node of the image begins to trust with. */
export const TRUST_FILE = "/usr/lib/slipway/root.json";
