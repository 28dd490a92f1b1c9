/** What is left of the package manager: looking things up, and a sentence for whoever wants to install. */
import { script } from "./script.ts";
import type { ServerFile, ServerLink } from "./server-file.ts";

export const PACKAGE_FILES: readonly ServerFile[] = [script("no-package-manager")];

/** The names that people type. */
export const PACKAGE_LINKS: readonly ServerLink[] = ["apt", "apt-get", "aptitude", "dpkg"].map(
  (name) => ({ path: `/usr/bin/${name}`, target: "../lib/slipway/no-package-manager" }),
);
