/** What makes every image a decent server: files and links, whatever its definition says. */
import { IDENTITY_FILES, IDENTITY_LINKS } from "./server-identity.ts";
import type { ServerFile, ServerLink } from "./server-file.ts";
import { LIMIT_FILES, MASK_LINKS } from "./server-limits.ts";
import { NETWORK_FILES } from "./server-network.ts";
import { PACKAGE_FILES, PACKAGE_LINKS } from "./server-packages.ts";
import { SSH_FILES, SSH_LINKS } from "./server-ssh.ts";

export const SERVER_FILES: readonly ServerFile[] = [
  ...NETWORK_FILES,
  ...IDENTITY_FILES,
  ...SSH_FILES,
  ...LIMIT_FILES,
  ...PACKAGE_FILES,
];

export const SERVER_LINKS: readonly ServerLink[] = [
  ...IDENTITY_LINKS,
  ...SSH_LINKS,
  ...MASK_LINKS,
  ...PACKAGE_LINKS,
];

/** All of it, to be compared. */
export const serverContents = (): Readonly<Record<string, unknown>> => ({
  files: SERVER_FILES,
  links: SERVER_LINKS,
});
