import { setImmediate } from "node:timers/promises";
import type { LintReport } from "./finding.ts";
import type { XattrTable } from "./getfattr.ts";
import { startLint } from "./lint.ts";
import type { LintPolicy } from "./policy.ts";
import { contentReader, walkTree } from "./walk-tree.ts";

/** So many entries take a few tens of milliseconds: progress is drawn and Ctrl-C heard in between. */
const ENTRIES_AT_ONCE = 1000;

/**
 * Lints the tree at `root`, which must be readable in whole (as root, or in the user namespace that made it) and must not
 * change meanwhile. `xattrs` is what `parseGetfattr` read of the same tree; without it, the rules about extended attributes
 * are reported as skipped.
 */
export const lintRoot = async (
  root: string,
  policy: LintPolicy,
  options: { readonly xattrs?: XattrTable; readonly signal?: AbortSignal } = {},
): Promise<LintReport> => {
  const lint = startLint(policy, { hasXattrs: options.xattrs !== undefined });
  let count = 0;
  for (const entry of walkTree(root, options.xattrs)) {
    lint.visit(entry);
    if (++count % ENTRIES_AT_ONCE === 0) {
      // The entry's `start` is borrowed, but no rule keeps it beyond `visit`.
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }
  return lint.finish(contentReader(root));
};
