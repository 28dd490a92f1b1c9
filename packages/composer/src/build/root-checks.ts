/** What a finished root tree is held against before it is formatted. */
import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Finding } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { ComposerError, TreeRefused } from "../errors.ts";
import { debianPolicy } from "../lint/debian-policy.ts";
import { GETFATTR_COMMAND, parseGetfattr } from "../lint/getfattr.ts";
import { isRefused, type LintFinding, type LintReport } from "../lint/finding.ts";
import { lintRoot } from "../lint/lint-root.ts";
import type { LintPolicy, SetIdDeclaration } from "../lint/policy.ts";
import { packagesOf } from "../lock/lock.ts";
import type { BuildContext, Target } from "./context.ts";

/** Errors of the bake stop the build, with all of them in the message; warnings are shown. */
export const settleFindings = (context: BuildContext, findings: readonly Finding[]): void => {
  const errors = findings.filter((finding) => finding.level === "error");
  for (const finding of findings) {
    if (finding.level === "warning") context.progress.warn(finding.message);
  }
  if (errors.length > 0) throw new TreeRefused(errors);
};

/** The extended attributes of a tree as getfattr(1) prints them, in the order of the tree. */
export const readAttributes = async (
  { toolbox, progress }: BuildContext,
  root: string,
): Promise<string> => {
  const result = await toolbox.run(
    { argv: GETFATTR_COMMAND, purpose: "reading extended attributes", cwd: root },
    { readable: [root], ...(progress.signal === undefined ? {} : { signal: progress.signal }) },
  );
  return result.stdout;
};

const passwordUsers = (target: Target): readonly string[] =>
  target.definition.config.passwd.users
    .filter((user) => user.passwordHash !== undefined)
    .map((user) => user.name);

/** A host name that the definition writes is meant; one that is there otherwise is the build machine's. */
const hostname = (target: Target, root: string): Pick<LintPolicy, "hostname"> => {
  const isWritten = target.definition.config.storage.files.some(
    (item) => item.path === "/etc/hostname" && item.contents !== undefined,
  );
  const file = path.join(root, "etc/hostname");
  const isFile = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isWritten && isFile ? { hostname: readFileSync(file, "utf8").trim() } : {};
};

/** The set-id files that the definition declares, as they are in the tree: to name one is to want it. */
const declaredSetId = (root: string, files: readonly string[]): readonly SetIdDeclaration[] =>
  files.flatMap((file) => {
    const facts = lstatSync(path.join(root, file), { throwIfNoEntry: false });
    return facts === undefined
      ? [{ path: file, mode: 0, user: "root", group: "root" }]
      : [{ path: file, mode: facts.mode & 0o7777 }];
  });

const policyOf = (target: Target, root: string): LintPolicy => {
  const base = debianPolicy({
    elfMachine: ARCHITECTURE[target.architecture].elfMachine,
    packages: packagesOf(target.locked, "root").map((entry) => entry.name),
  });
  const declared = declaredSetId(root, target.definition.image.setIdFiles);
  const names = new Set(declared.map((entry) => entry.path));
  return {
    ...base,
    setId: [...base.setId.filter((entry) => !names.has(entry.path)), ...declared],
    passwordUsers: passwordUsers(target),
    ...hostname(target, root),
  };
};

/**
 * Lints a finished tree.
 * @throws ComposerError `TREE_REFUSED` with every error found.
 */
export const lintTree = async (
  context: BuildContext,
  target: Target,
  root: string,
  attributes: string,
): Promise<LintReport> => {
  const { signal } = context.progress;
  const report = await lintRoot(root, policyOf(target, root), {
    xattrs: await parseGetfattr([Buffer.from(attributes)]),
    ...(signal === undefined ? {} : { signal }),
  });
  for (const finding of report.findings) {
    if (finding.severity === "warning") context.progress.warn(sentence(finding));
  }
  if (!isRefused(report)) return report;
  const errors = report.findings.filter((finding) => finding.severity === "error");
  throw new ComposerError(
    "TREE_REFUSED",
    `the ${target.architecture} tree must not be shipped:\n${errors.map((finding) => `  ${sentence(finding)}`).join("\n")}`,
    { hint: "change the definition so that the tree no longer holds what is named here" },
  );
};

const sentence = (finding: LintFinding): string =>
  `${finding.path}: ${finding.message} [${finding.rule}]; ${finding.hint}`;
