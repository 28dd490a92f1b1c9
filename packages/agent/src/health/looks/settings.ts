/** What the node has learnt of time and network. */
import type { ClockCheck, NetworkCheck } from "@slipway/release";
import type { HealthPorts, Places } from "../ports.ts";
import type { Seen } from "../trial.ts";

/** systemd-timesyncd makes it when it has set the clock. */
const SYNCHRONISED = "/run/systemd/timesync/synchronized";

/** networkd keeps it for everybody who wants to know. */
const NETWORK_STATE = "/run/systemd/netif/state";

const MOST_STATE_BYTES = 64 * 1024;

/** Asked for only where timesyncd has not said so: it starts a service. */
const isSynchronised = async (
  { places, exec }: Pick<HealthPorts, "places" | "exec">,
  signal: AbortSignal,
): Promise<boolean> => {
  if ((await places.at(SYNCHRONISED)) !== undefined) return true;
  const { stdout } = await exec.run(
    {
      argv: ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
      purpose: "asking whether the clock is synchronised",
    },
    { signal },
  );
  return stdout.trim() === "yes";
};

export const lookAtClock =
  (
    ports: Pick<HealthPorts, "places" | "exec" | "clock">,
    /** When the release was built: seconds since 1970. */
    builtAt: number,
    { state }: ClockCheck,
  ) =>
  async (signal: AbortSignal): Promise<Seen> => {
    const now = ports.clock.now();
    const is = `the clock says ${now.toISOString()}`;
    if (now.getTime() < builtAt * 1000)
      return { passed: false, seen: `${is}, before the release was built` };
    if (state === "plausible") return { passed: true, seen: is };
    return (await isSynchronised(ports, signal))
      ? { passed: true, seen: `${is}, synchronised` }
      : { passed: false, seen: `${is}, and nothing has synchronised it in this boot` };
  };

export const lookAtNetwork =
  (places: Places, { state }: NetworkCheck) =>
  async (): Promise<Seen> => {
    if ((await places.at(NETWORK_STATE)) === undefined)
      return { passed: false, seen: "systemd-networkd has not said anything yet" };
    const text = await places.start(NETWORK_STATE, MOST_STATE_BYTES);
    const said = (name: string): string =>
      new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "unknown";
    const [operational, online] = [said("OPER_STATE"), said("ONLINE_STATE")];
    return {
      passed: state === "online" ? online === "online" : operational === "routable",
      seen: `the network is ${operational} and ${online}`,
    };
  };
