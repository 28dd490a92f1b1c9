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

/** Programs that change packages, or what packages set up. `dpkg-query` stays: it only reads. */
export const PACKAGE_TOOLS: readonly string[] = [
  ...["apt", "apt-cache", "apt-cdrom", "apt-config", "apt-get", "apt-key", "apt-mark", "aptitude"],
  ...["deb-systemd-helper", "deb-systemd-invoke"],
  ...["debconf", "debconf-apt-progress", "debconf-communicate", "debconf-copydb"],
  ...["debconf-escape", "debconf-set-selections", "debconf-show"],
  ...["dpkg", "dpkg-deb", "dpkg-divert", "dpkg-maintscript-helper", "dpkg-realpath", "dpkg-split"],
  ...["dpkg-statoverride", "dpkg-trigger"],
  ...["kernel-install", "ucf", "ucfq", "ucfr", "update-alternatives"],
]
  .map((name) => `/usr/bin/${name}`)
  .concat(
    [
      ...["dpkg-preconfigure", "dpkg-reconfigure", "installkernel", "invoke-rc.d"],
      ...["pam-auth-update", "update-passwd", "update-rc.d"],
    ].map((name) => `/usr/sbin/${name}`),
  );
