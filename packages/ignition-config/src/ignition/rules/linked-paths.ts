/**
 * How many of the links a path leads through. Looks only at prefixes as long as some link's path, so that neither many links nor a long
 * path of slashes costs more than their sizes.
 */
export const linkedPaths = (
  links: readonly { readonly path: string }[],
): ((path: string) => number) => {
  const counts = new Map<string, number>();
  const lengths = new Set<number>();
  for (const { path } of links) {
    counts.set(path, (counts.get(path) ?? 0) + 1);
    lengths.add(path.length);
  }
  if (counts.size === 0) return () => 0;
  return (path) => {
    let found = 0;
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      if (lengths.has(at)) found += counts.get(path.slice(0, at)) ?? 0;
    }
    return found;
  };
};
