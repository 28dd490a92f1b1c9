import type { LintFinding, LintReport } from "../../src/lint/finding.ts";
import { startLint } from "../../src/lint/lint.ts";
import type { LintPolicy } from "../../src/lint/policy.ts";
import type { TreeEntry } from "../../src/lint/tree-entry.ts";

/** What a test says of an entry; a text is a file with this content. */
export type AnEntry = string | (Partial<Omit<TreeEntry, "path">> & { readonly content?: string });

/** Entries by path; undefined removes one of the clean tree. Directories above come by themselves. */
export type ATree = Readonly<Record<string, AnEntry | undefined>>;

export const link = (target: string): AnEntry => ({ type: "link", target, mode: 0o777 });
export const directory = (mode = 0o755): AnEntry => ({ type: "directory", mode });

/** A small tree with which nothing is wrong. */
const CLEAN: ATree = {
  "/": directory(),
  "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\nshadow:x:42:\nnogroup:x:65534:\nmail:x:8:\n",
  "/etc/shadow": { content: "root:*:19675::::::\nnobody:!*:19675::::::\n", mode: 0o640, gid: 42 },
  "/etc/gshadow": { content: "root:*::\n", mode: 0o640, gid: 42 },
  "/etc/machine-id": { content: "", mode: 0o444 },
  "/etc/localtime": link("/usr/share/zoneinfo/UTC"),
  "/etc/mtab": link("../proc/self/mounts"),
  "/etc/resolv.conf": link("../run/systemd/resolve/stub-resolv.conf"),
  "/etc/systemd/system/multi-user.target.wants/sshd.service": link(
    "/usr/lib/systemd/system/sshd.service",
  ),
  "/bin": link("usr/bin"),
  "/tmp": directory(0o1777),
  "/usr/bin/true": "\u007fELF\u0002\u0001\u0001".padEnd(18, "\0") + "\u003e\0",
  "/usr/lib/systemd/system/default.target": link("multi-user.target"),
  "/usr/lib/systemd/system/multi-user.target": "[Unit]\n",
  "/usr/lib/systemd/system/sshd.service":
    "[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n",
  "/usr/share/zoneinfo/UTC": "TZif",
};

const NO_DECLARATIONS: LintPolicy = {
  elfMachine: 62,
  setId: [],
  capabilities: [],
  passwordUsers: [],
  danglingLinks: [],
  secrets: [],
  foreignBinaries: [],
};

/** Lints the clean tree with these changes. */
export const lintOf = (
  changes: ATree,
  policy: Partial<LintPolicy> = {},
  hasXattrs = true,
): LintReport => {
  const tree = withParents({ ...CLEAN, ...changes });
  const lint = startLint({ ...NO_DECLARATIONS, ...policy }, { hasXattrs });
  const contents = new Map<string, Uint8Array>();
  for (const [path, given] of Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (given === undefined) continue;
    const { content = "", ...fields } = typeof given === "string" ? { content: given } : given;
    const type = fields.type ?? "file";
    const bytes = new Uint8Array(Buffer.from(content, "latin1"));
    if (type === "file") contents.set(path, bytes);
    lint.visit({
      path,
      isUtf8: true,
      type,
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: bytes.length,
      nlink: 1,
      inode: path,
      xattrs: [],
      ...(type === "file" ? { start: bytes } : {}),
      ...fields,
    });
  }
  return lint.finish((path) => contents.get(path));
};

const withParents = (tree: ATree): ATree => {
  const parents: Record<string, AnEntry> = {};
  for (const [path, entry] of Object.entries(tree)) {
    if (entry === undefined) continue;
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      parents[path.slice(0, end)] = directory();
    }
  }
  return { ...parents, ...tree };
};

/** The findings as `rule path`, warnings with a question mark. */
export const findings = (report: LintReport): readonly string[] => report.findings.map(brief);

const brief = ({ rule, severity, path }: LintFinding): string =>
  `${rule}${severity === "warning" ? "?" : ""} ${path}`;

export const PEM = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjEA".repeat(3)}\n`;

export const HASH = "$y$j9T$abcdefghijklmnop$abcdefghijklmnopqrstuvwxyz0123456789";

/** The start of an ELF file for this machine. */
export const elf = (machine: number): string =>
  "\u007fELF\u0002\u0001\u0001".padEnd(18, "\0") + String.fromCharCode(machine) + "\0";

export const xattr = (name: string, ...value: readonly number[]) => ({
  name,
  value: Uint8Array.from(value),
});

/** passwd(5) with this first line, up to its group. */
export const passwd = (first: string): string =>
  `${first}:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`;

/** shadow(5) with these lines, up to their passwords. */
export const shadow = (...lines: readonly string[]): AnEntry => ({
  mode: 0o600,
  content: [...lines, "nobody:!*", ""].join(":19675::::::\n"),
});
