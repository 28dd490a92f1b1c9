/** What is left of the package manager: looking things up, and a sentence for whoever wants to install. */
import { script } from "./script.ts";
import type { NodeFile, NodeLink } from "./node-file.ts";

export const PACKAGE_FILES: readonly NodeFile[] = [script("no-package-manager")];

/** The names that people type. */
export const PACKAGE_LINKS: readonly NodeLink[] = ["apt", "apt-get", "aptitude", "dpkg"].map(
  (name) => ({ path: `/usr/bin/${name}`, target: "../lib/slipway/no-package-manager" }),
);
