/**
 * Running one command in a guest that knows nothing of us: a unit, what starts it and what it runs all come as
 * credentials through the firmware (systemd-debug-generator takes the first two), and results leave through three
 * serial ports of the hypervisor. No network, nothing in the image. Pure.
 */
import { ComposerError } from "../errors.ts";

/** Names of the guest's ports, `/dev/virtio-ports/NAME`, in the order of their descriptors. */
export const PORTS = ["slipway.status", "slipway.stdout", "slipway.stderr"] as const;

/**
 * All credentials together, in base64, are one SMBIOS structure, and OVMF drops one of 64 KiB or more without a word:
 * commands of 47 000 bytes were seen to arrive, of 50 000 not. This leaves room for the rest.
 */
export const LONGEST_COMMAND: number = 40 * 1024;

/** The unit of a port, as systemd escapes its path. */
const deviceUnit = (port: string): string => `dev-virtio\\x2dports-${port}.device`;

/**
 * `Type=exec`: a oneshot would be a pending job itself, and the system would never be said to be up. It waits for its
 * ports, whose driver is a module in some kernels, and for the system to come up by itself.
 */
const unitWith = (ports: readonly string[]): string => `[Unit]
Description=Command of slipway run
DefaultDependencies=no
Wants=${ports.map(deviceUnit).join(" ")}
After=basic.target ${ports.map(deviceUnit).join(" ")}

[Service]
Type=exec
ExecStart=/bin/sh /run/credentials/@system/slipway.script
Environment=HOME=/root TERM=dumb
TasksMax=infinity
`;

const WANTED = `[Unit]
Wants=slipway-run.service
`;

/**
 * Lines of shell that wait until the system has come up, and leave in `$state` how. Where that takes longer than `settleSeconds`, they run `onSlow` once, with
 * the jobs that are still pending on its standard input, a line each (id, unit, type, state), so that the person sees what hangs.
 */
export const waitUntilUp = (settleSeconds: number, onSlow: string): string =>
  `state=$(timeout ${settleSeconds} systemctl is-system-running --wait)
[ $? -ne 124 ] || systemctl list-jobs --no-legend --plain | ${onSlow}
[ -n "$state" ] || state=$(systemctl is-system-running --wait)`;

const script = (settleSeconds: number): string => `exec 3>/dev/virtio-ports/${PORTS[0]}
${waitUntilUp(settleSeconds, "sed 's/^/job /' >&3")}
echo "settled $state" >&3
/bin/sh -c "$(cat /run/credentials/@system/slipway.command)" sh \\
  </dev/null >/dev/virtio-ports/${PORTS[1]} 2>/dev/virtio-ports/${PORTS[2]} 3>&-
echo "exit $?" >&3
systemctl --no-block poweroff
`;

/** The credentials that make a guest run `command` once it is up, and power off. */
export const commandCredentials = (
  command: string,
  settleSeconds: number,
): Readonly<Record<string, string>> => {
  const size = Buffer.byteLength(command);
  if (size > LONGEST_COMMAND) {
    throw new ComposerError(
      "COMMAND_TOO_LONG",
      `the command has ${size} bytes and may have ${LONGEST_COMMAND}`,
      { hint: "put it into the image as a script and run that" },
    );
  }
  return {
    ...scriptCredentials(PORTS, script(settleSeconds)),
    "slipway.command": command,
  };
};

/** The credentials that make a guest run a script of ours, at every boot, beside what it boots anyway. */
export const scriptCredentials = (
  ports: readonly string[],
  text: string,
): Readonly<Record<string, string>> => ({
  "systemd.extra-unit.slipway-run.service": unitWith(ports),
  "systemd.unit-dropin.multi-user.target": WANTED,
  "slipway.script": text,
});

/** What the guest says on its status port, a line each. */
export type GuestStatus =
  /** The system has come up: `running`, or `degraded` when a unit failed. */
  | { readonly kind: "settled"; readonly state: string }
  /** A job that kept the system from coming up in time. */
  | { readonly kind: "job"; readonly job: string }
  | { readonly kind: "exit"; readonly status: number };

/** Undefined for a line that is none of ours. */
export const parseStatus = (line: string): GuestStatus | undefined => {
  const [, word, rest] = /^(settled|job|exit) (.+)$/.exec(line.trimEnd()) ?? [];
  if (word === undefined || rest === undefined) return undefined;
  switch (word) {
    case "settled":
      return { kind: "settled", state: rest };
    case "job":
      return { kind: "job", job: rest.trim() };
    default: {
      const status = Number(rest);
      return Number.isInteger(status) ? { kind: "exit", status } : undefined;
    }
  }
};
