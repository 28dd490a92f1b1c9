/** The account databases of a tree, brought into their one form. */
import type { Finding } from "@slipway/ignition-config";
import { settledPackageAccounts } from "../accounts/canonical.ts";
import type { Databases } from "../accounts/databases.ts";
import { finding } from "../bake/finding.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { protectTreeAccounts, readTreeAccounts, writeTreeAccounts } from "../bake/tree-accounts.ts";

/** Rewrites the databases; a tree without them is left as it is. */
export const settleAccounts = (
  root: RootDirectory,
  form: (databases: Databases) => Databases,
): readonly Finding[] => {
  const { state, isMissing, problems } = readTreeAccounts(root);
  if (problems.length > 0) {
    return problems.map(({ file, line, message }) =>
      finding("error", "account-database", `${file}${line === 0 ? "" : `:${line}`}: ${message}`),
    );
  }
  if (isMissing.passwd && isMissing.group) return [];
  const databases = form(state.databases);
  writeTreeAccounts(root, { ...state, databases });
  protectTreeAccounts(root, databases);
  return [];
};

export const settlePackageAccounts = (root: RootDirectory): readonly Finding[] =>
  settleAccounts(root, settledPackageAccounts);
