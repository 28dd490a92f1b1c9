/**
 * How far this node reaches, as its kernel sees it: whoever configured that, be it networkd or another program. Nobody is asked over the network, so
 * that a repository or a gateway that is down says nothing about a release.
 */
import type { Places } from "../ports.ts";
import type { Seen } from "../trial.ts";

/** Each more than the one before. `address`: one that reaches beyond the link, on a device or on what is made of devices. `route`: a default one. */
export const REACHES = ["none", "address", "route"] as const;

export type Reach = (typeof REACHES)[number];

const ROUTES = "/proc/net/route";
const ROUTES_V6 = "/proc/net/ipv6_route";
const ADDRESSES_V6 = "/proc/net/if_inet6";
const INTERFACES = "/sys/class/net";

/** A node with a full routing table of the internet is none of ours. */
const MOST_BYTES = 1024 * 1024;

/** Of a route: in use, and not one that refuses. */
const UP = 0x1;
const REJECT = 0x200;

const LOOPBACK = "lo";
const ZERO_V6 = "0".repeat(32);
const GLOBAL_SCOPE = "00";

const rowsOf = async (places: Places, path: string): Promise<readonly (readonly string[])[]> => {
  if ((await places.at(path)) === undefined) return [];
  const text = await places.start(path, MOST_BYTES);
  return text.split("\n").map((line) => line.trim().split(/\s+/));
};

const isUsed = (flags: string | undefined): boolean => {
  const bits = Number.parseInt(flags ?? "", 16);
  return (bits & UP) !== 0 && (bits & REJECT) === 0;
};

/** What leads out of this interface leads out of this node. */
const leadsOut = (device: string | undefined): device is string =>
  device !== undefined && device !== LOOPBACK;

/** As the kernel writes an IPv4 address there: hexadecimal, of a little-endian word. */
const isLinkLocal = (destination: string): boolean => destination.toUpperCase().endsWith("FEA9");

const isDevice = async (places: Places, name: string): Promise<boolean> =>
  (await places.at(`${INTERFACES}/${name}/device`)) !== undefined;

/** A bond of VLANs in a bridge is three deep. */
const MOST_LAYERS = 4;

/** An interface of hardware, or one that is made of such: a bridge that only containers use reaches nobody. */
const hasDevice = async (
  places: Places,
  name: string,
  layers: number = MOST_LAYERS,
): Promise<boolean> => {
  if (await isDevice(places, name)) return true;
  if (layers === 0) return false;
  for (const entry of await places.names(`${INTERFACES}/${name}`)) {
    const lower = /^lower_(.+)$/.exec(entry)?.[1];
    if (lower !== undefined && (await hasDevice(places, lower, layers - 1))) return true;
  }
  return false;
};

export const readReach = async (places: Places): Promise<Reach> => {
  const addressed = new Set<string>();
  for (const [device, destination = "", , flags, , , , mask] of await rowsOf(places, ROUTES)) {
    if (!leadsOut(device) || !isUsed(flags)) continue;
    if (destination === "00000000" && mask === "00000000") return "route";
    // The network of an address of the interface's own.
    if (!isLinkLocal(destination)) addressed.add(device);
  }
  for (const row of await rowsOf(places, ROUTES_V6)) {
    const [destination, length, flags, device] = [row[0], row[1], row[8], row[9]];
    const isDefault = destination === ZERO_V6 && length === "00";
    if (isDefault && leadsOut(device) && isUsed(flags)) return "route";
  }
  for (const [, , , scope, , device] of await rowsOf(places, ADDRESSES_V6))
    if (leadsOut(device) && scope === GLOBAL_SCOPE) addressed.add(device);
  for (const device of addressed) if (await hasDevice(places, device)) return "address";
  return "none";
};

const SHOWN: Readonly<Record<Reach, string>> = {
  none: "no address on any network",
  address: "an address, and no default route",
  route: "a default route",
};

const FAR: Readonly<Record<Reach, string>> = {
  none: "nothing",
  address: "an address",
  route: "a default route",
};

/** Whether the node reaches as far as it did; where nobody knows how far that was, it is told and no more. */
export const lookAtReach =
  (places: Places, before: { readonly version: string; readonly reach: Reach } | undefined) =>
  async (): Promise<Seen> => {
    const reach = await readReach(places);
    const has = `the node has ${SHOWN[reach]}`;
    if (before === undefined)
      return { passed: true, seen: `${has}; there is no release before to compare with` };
    const passed = REACHES.indexOf(reach) >= REACHES.indexOf(before.reach);
    return {
      passed,
      seen: passed ? has : `${has}; on ${before.version} it had ${FAR[before.reach]}`,
    };
  };
