/** Directories that belong to the node: links into `/var`, as Fedora CoreOS has them. Pure. */

export interface WritablePlace {
  readonly path: string;
  /** What the link says. */
  readonly target: string;
  /** Where that is. */
  readonly place: string;
}

export const WRITABLE_PLACES: readonly WritablePlace[] = [
  { path: "/home", target: "var/home", place: "/var/home" },
  { path: "/mnt", target: "var/mnt", place: "/var/mnt" },
  { path: "/opt", target: "var/opt", place: "/var/opt" },
  { path: "/root", target: "var/roothome", place: "/var/roothome" },
  { path: "/srv", target: "var/srv", place: "/var/srv" },
  { path: "/usr/local", target: "../var/usrlocal", place: "/var/usrlocal" },
];

/**
 * A tmpfiles.d file that names the places by where they are: systemd-tmpfiles would find a link where its line wants a
 * directory, and make nothing.
 */
export const retargetTmpfiles = (text: string): string =>
  text
    .split("\n")
    .map((line) => {
      const [, start = "", path = "", rest = ""] =
        /^(\s*[a-zA-Z][-+!=~^$?]*\s+["']?)(\/[^\s"']*)(.*)$/.exec(line) ?? [];
      const found = WRITABLE_PLACES.find(
        (one) => path === one.path || path.startsWith(`${one.path}/`),
      );
      return found === undefined
        ? line
        : `${start}${found.place}${path.slice(found.path.length)}${rest}`;
    })
    .join("\n");
