/** The sockets that systemd hands to a service, by sd_listen_fds(3). Pure. */

/** The first one; 0 to 2 are the standard streams. */
const FIRST = 3;
/** More than a unit of ours ever has. */
const MOST = 64;

/**
 * The descriptor of this name; nothing where there is none, or where they are another process's: environments are inherited.
 */
export const passedDescriptor = (
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
  name: string,
): number | undefined => {
  const {
    LISTEN_PID: meant = "",
    LISTEN_FDS: count = "",
    LISTEN_FDNAMES: names = "",
  } = environment;
  if (meant !== String(pid) || !/^[1-9][0-9]?$/.test(count) || Number(count) > MOST)
    return undefined;
  const at = names.split(":").slice(0, Number(count)).indexOf(name);
  return at === -1 ? undefined : FIRST + at;
};
