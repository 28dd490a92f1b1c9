/** tmpfiles.d(5): lines that make an image's `/var` on a node where it is empty. Pure. */

/** A node to be made if it is not there. Owners are numbers: a node's files carry those. */
export type VarNode =
  | {
      readonly kind: "directory" | "file";
      readonly path: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

const HEADER = `# Made by Slipway: what packages and the config have under /var, to be created once on each node.
# Files come from /usr/share/factory. Nothing that is there already is changed, hence the colons.
`;

/**
 * The file's text; lines in the order of the paths, so that a directory comes before what is in it. Lines of an earlier
 * text are kept: what they are about is in the factory already. Of two for one directory the earlier one counts.
 */
export const formatVarConf = (nodes: readonly VarNode[], earlier: string = ""): string => {
  const lines = new Map(nodes.map((node) => [escapePath(node.path), formatVarLine(node)] as const));
  for (const line of earlier.split("\n")) {
    const [type, path] = line.split(" ");
    if (path === undefined || type === undefined || type === "#") continue;
    if (type === "d" || !lines.has(path)) lines.set(path, line);
  }
  const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return `${HEADER}${sorted.map(([, line]) => `${line}\n`).join("")}`;
};

export const formatVarLine = (node: VarNode): string => {
  const path = escapePath(node.path);
  if (node.kind === "symlink") return `L ${path} - - - - ${escapeArgument(node.target)}`;
  const mode = node.mode.toString(8).padStart(4, "0");
  const type = node.kind === "directory" ? "d" : "C";
  return `${type} ${path} :${mode} :${node.uid} :${node.gid} -`;
};

/** The path field is unquoted and unescaped like C, then specifiers are expanded. */
const escapePath = (path: string): string =>
  [...Buffer.from(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (character === "%") return "%%";
      return /[A-Za-z0-9/._@:+,=~-]/.test(character)
        ? character
        : `\\x${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");

/** A link's target is the rest of the line as it stands, but for specifiers. */
const escapeArgument = (target: string): string => target.replaceAll("%", "%%");

/** Whether a link's target can be said in a line at all. */
export const isSayableTarget = (target: string): boolean =>
  target.trim() === target && target !== "-" && !/[\n\r\0]/.test(target);

/** What some other tmpfiles.d file makes. */
export interface TmpfilesEntry {
  readonly path: string;
  readonly makes: "directory" | "symlink" | "other";
}

/** The nodes under `/var` that a file's lines make. Lines with specifiers in the path are about no fixed path. */
export const parseTmpfiles = (text: string): readonly TmpfilesEntry[] =>
  text.split("\n").flatMap((line) => {
    const [, type, field] = /^\s*([a-zA-Z])[-+!=~^$?]*\s+("[^"]*"|'[^']*'|\S+)/.exec(line) ?? [];
    if (type === undefined || field === undefined) return [];
    const makes = MAKES.get(type);
    const path = unescapePath(field.replace(/^(["'])(.*)\1$/, "$2"));
    if (makes === undefined || path === undefined) return [];
    return path === "/var" || path.startsWith("/var/")
      ? [{ path: path.replace(/(?<=.)\/+$/, ""), makes }]
      : [];
  });

const MAKES: ReadonlyMap<string, TmpfilesEntry["makes"]> = new Map([
  ...["d", "D", "v", "q", "Q"].map((type) => [type, "directory"] as const),
  ["L", "symlink"],
  ...["f", "F", "C", "p", "c", "b"].map((type) => [type, "other"] as const),
]);

const unescapePath = (field: string): string | undefined => {
  const path = field
    .replaceAll(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replaceAll("%%", "\0");
  return path.includes("%") || path.includes("\\") ? undefined : path.replaceAll("\0", "%");
};
