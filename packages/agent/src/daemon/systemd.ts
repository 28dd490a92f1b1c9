/** Talking to systemd: Node has no sd_notify, so its own program does it. */
import type { Exec } from "@slipway/host";

export const DAEMON_UNIT = "slipway-agent.service";
/** Of the API; it comes and goes with the daemon, but for a daemon that fails. */
export const SOCKET_UNIT = "slipway-agent.socket";

const NOTIFY_MS = 10_000;

/** Ended by SIGTERM: systemd sends it to every process of a unit that it stops, and wants to hear nothing more then. */
const STOPPED = 143;

/**
 * Tells the service manager, where there is one that listens. What goes wrong with that is logged and no more: it must not
 * keep a node from its way.
 */
export const notifier = (
  exec: Exec,
  environment: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): ((...lines: readonly string[]) => Promise<void>) => {
  const socket = environment["NOTIFY_SOCKET"];
  if (socket === undefined || socket === "") return async () => undefined;
  return async (...lines) => {
    try {
      await exec.run(
        {
          argv: ["systemd-notify", "--", ...lines.map((line) => line.replaceAll(/[\r\n]+/g, " "))],
          purpose: "telling systemd how the agent is",
          env: { NOTIFY_SOCKET: socket },
          timeoutMs: NOTIFY_MS,
        },
        { accept: [0, STOPPED] },
      );
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
    }
  };
};

/** How long the service manager waits for a sign of life of this process; sd_watchdog_enabled(3). */
export const watchdogMs = (
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined => {
  const { WATCHDOG_USEC: microseconds = "", WATCHDOG_PID: meant = String(pid) } = environment;
  if (!/^[1-9][0-9]{0,15}$/.test(microseconds) || meant !== String(pid)) return undefined;
  // Below a second there would be nothing else to do.
  return Math.max(1000, Number(microseconds) / 1000);
};

const SYSTEMCTL_MS = 60_000;

export interface Systemd {
  /** Starts a unit and waits for it, a oneshot to its end. Rejects when it failed. */
  readonly start: (
    unit: string,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ) => Promise<void>;
  /** Starts a unit and does not wait for it. Never rejects. */
  readonly startLater: (unit: string) => Promise<void>;
  /** A unit that does not run, or that is not there, is stopped already. */
  readonly stop: (unit: string) => Promise<void>;
  /** Whether a unit runs. */
  readonly isActive: (unit: string) => Promise<boolean>;
  /** Has the daemon look again now, if it runs. Never rejects. */
  readonly hangUp: (unit: string) => Promise<void>;
  readonly reboot: () => Promise<void>;
}

export const systemd = (exec: Exec): Systemd => {
  const run = async (argv: readonly string[], purpose: string, accept: readonly number[] = [0]) =>
    exec.run({ argv: ["systemctl", ...argv], purpose, timeoutMs: SYSTEMCTL_MS }, { accept });
  return {
    start: async (unit, { timeoutMs, signal }) => {
      await exec.run(
        { argv: ["systemctl", "start", unit], purpose: `running ${unit}`, timeoutMs },
        signal === undefined ? {} : { signal },
      );
    },
    startLater: async (unit) => {
      try {
        await run(["--no-block", "start", unit], `starting ${unit}`);
      } catch {
        // It is started with the next boot.
      }
    },
    stop: async (unit) => {
      // 5: there is no such unit, or it is masked.
      await run(["stop", unit], `stopping ${unit}`, [0, 5]);
    },
    isActive: async (unit) => {
      // 3: not active; 4: no such unit.
      const { exitCode } = await run(
        ["--quiet", "is-active", unit],
        `asking for ${unit}`,
        [0, 3, 4],
      );
      return exitCode === 0;
    },
    hangUp: async (unit) => {
      try {
        await run(["kill", "--kill-whom=main", "--signal=HUP", unit], `waking ${unit}`);
      } catch {
        // It does not run, or systemd is not there: it will look by itself when it starts.
      }
    },
    reboot: async () => {
      await run(["--no-block", "reboot"], "restarting the node");
    },
  };
};
