/** Puts the files and links of a server into a tree, of those that its programs need. */
import type { RootDirectory } from "../bake/root-directory.ts";
import { SERVER_FILES, SERVER_LINKS } from "./server.ts";
import { forceLink } from "../contract/links.ts";
import { writeTreeFile } from "../contract/tree-files.ts";

export const writeServer = (root: RootDirectory): void => {
  const wanted = ({ needs }: { readonly needs?: string }): boolean =>
    needs === undefined || root.lstat(root.resolve(needs, "follow")) !== undefined;
  for (const file of SERVER_FILES.filter(wanted)) {
    writeTreeFile(root, file.path, file.text, file.mode ?? 0o644);
  }
  for (const link of SERVER_LINKS.filter(wanted)) forceLink(root, link.path, link.target);
};
