/** Where the hooks of a node are, each point's in a directory of its own with `.d`: the image's, the operator's, and what holds until the next boot. */
export const HOOK_DIRECTORIES: readonly string[] = [
  "/usr/lib/slipway/hooks",
  "/etc/slipway/hooks",
  "/run/slipway/hooks",
];
