/** The package database, which describes the image and therefore lives in it. Pure. */

export const DPKG_HOME = "/var/lib/dpkg";
export const DPKG_IN_IMAGE = "/usr/lib/sysimage/dpkg";
/** From the old place to the new: dpkg-query goes on working, and finds nothing that it could change. */
export const DPKG_LINK = "../../usr/lib/sysimage/dpkg";

/** Names, below the database, of what only its writer needs. */
export const isDpkgLeftover = (path: string): boolean =>
  /(?:^|\/)(?:lock|lock-frontend|Lock)$/.test(path) ||
  path.endsWith("-old") ||
  /^(?:updates|tmp\.ci|parts)\/./.test(path);
