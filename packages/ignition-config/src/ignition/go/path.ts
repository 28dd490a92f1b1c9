/** Paths as Go's package `path` handles them. */

/** The shortest path that means the same; `.` for the empty one. */
export const cleanPath = (path: string): string => {
  const isRooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isRooted) kept.push(part);
  }
  return (isRooted ? "/" : "") + kept.join("/") || ".";
};

/** Two paths in one; empty parts count for nothing, and of nothing but those comes the empty path. */
export const joinPaths = (one: string, other: string): string => {
  const parts = [one, other].filter((part) => part !== "");
  return parts.length === 0 ? "" : cleanPath(parts.join("/"));
};

/** The end of the last path element from its last dot, with the dot; empty where it has none. */
export const extension = (path: string): string => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
};
