/** What makes every image a decent server: files and links, whatever its definition says. */
import { IDENTITY_FILES, IDENTITY_LINKS } from "./server-identity.ts";
import type { NodeFile, NodeLink } from "./node-file.ts";
import { LIMIT_FILES, MASK_LINKS } from "./server-limits.ts";
import { NETWORK_FILES } from "./server-network.ts";
import { PACKAGE_FILES, PACKAGE_LINKS } from "./server-packages.ts";
import { SSH_FILES, SSH_LINKS } from "./server-ssh.ts";

export const SERVER_FILES: readonly NodeFile[] = [
  ...NETWORK_FILES,
  ...IDENTITY_FILES,
  ...SSH_FILES,
  ...LIMIT_FILES,
  ...PACKAGE_FILES,
];

export const SERVER_LINKS: readonly NodeLink[] = [
  ...IDENTITY_LINKS,
  ...SSH_LINKS,
  ...MASK_LINKS,
  ...PACKAGE_LINKS,
];
