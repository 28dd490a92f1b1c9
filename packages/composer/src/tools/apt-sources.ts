/** Where this machine gets its Debian packages from, read from apt's own files. Pure. */

/** One archive as apt's sources name it. */
export interface AptSource {
  /** As written, without a trailing slash. */
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** The archives a definition's packages come from. */
export interface Mirrors {
  /** The archive of the suite itself and its point-release updates, without a trailing slash. */
  readonly archive: string;
  /** The archive of security updates; undefined means that there is none to be had. */
  readonly security: string | undefined;
}

/**
 * The sources of a one-line style file, sources.list(5). Lines that are no binary package source are passed over.
 */
export const parseOneLine = (text: string): readonly AptSource[] =>
  text.split("\n").flatMap((line) => {
    const words = line
      .replace(/#.*/, "")
      .replace(/\[[^\]]*\]/, " ")
      .trim()
      .split(/\s+/);
    const [type, uri, suite, ...components] = words;
    if (type !== "deb" || uri === undefined || suite === undefined) return [];
    return [{ uri: withoutSlash(uri), suites: [suite], components }];
  });

/** The sources of a deb822 style file, sources.list(5). Disabled stanzas are passed over. */
export const parseDeb822 = (text: string): readonly AptSource[] =>
  text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let field = "";
    for (const line of stanza.split("\n")) {
      if (line.startsWith("#")) continue;
      const head = /^([A-Za-z0-9-]+):(.*)$/.exec(line);
      if (head !== null) {
        field = (head[1] ?? "").toLowerCase();
        fields.set(field, (head[2] ?? "").trim());
      } else if (field !== "" && /^\s/.test(line)) {
        fields.set(field, `${fields.get(field) ?? ""} ${line.trim()}`);
      }
    }
    const words = (name: string): readonly string[] =>
      (fields.get(name) ?? "").split(/\s+/).filter((word) => word !== "");
    if (/^(no|false|0)$/i.test(fields.get("enabled") ?? "")) return [];
    if (!words("types").includes("deb")) return [];
    return words("uris").map((uri) => ({
      uri: withoutSlash(uri),
      suites: words("suites"),
      components: words("components"),
    }));
  });

/**
 * The mirrors behind the host's own suite (its codename in os-release(5)): the archive that serves `CODENAME` and
 * the one that serves `CODENAME-security`. Undefined when no source serves the codename.
 */
export const chooseMirrors = (
  sources: readonly AptSource[],
  codename: string,
): Mirrors | undefined => {
  const serving = (suites: readonly string[]): string | undefined =>
    sources.find(
      (source) =>
        source.components.includes("main") && source.suites.some((s) => suites.includes(s)),
    )?.uri;
  const archive = serving([codename]);
  if (archive === undefined) return undefined;
  return { archive, security: serving([`${codename}-security`, `${codename}/updates`]) };
};

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, "");
