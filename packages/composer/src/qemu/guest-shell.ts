/** One command after the other in a guest that stays up: the way of guest-command.ts, with a port that is asked. Pure. */
import { scriptCredentials, waitUntilUp } from "./guest-command.ts";

/** The guest's port, `/dev/virtio-ports/NAME`. */
export const SHELL_PORT = "slipway.shell";

/** Half of the time that a session waits for its guest. */
const SETTLE_SECONDS = 300;

/** On the console, which is what a session that gives up shows. Of jobs that run, what they last said as well. */
const tellOfJobs = `while read -r id unit type doing; do
  echo "job $id $unit $type $doing"
  [ "$doing" != running ] || systemctl status --no-pager --full --lines=20 -- "$unit" </dev/null
done >/dev/console 2>&1`;

/**
 * What is asked and answered is base64, a line each. The answer comes in one piece, so that no output of a command can
 * be behind its status. A new boot says so, and with which boot id.
 */
const SCRIPT = `exec 3<>/dev/virtio-ports/${SHELL_PORT}
encoded() { base64 -w0 "$1"; }
${waitUntilUp(SETTLE_SECONDS, tellOfJobs)}
echo "up $state $(cat /proc/sys/kernel/random/boot_id)" >&3
while read -r request <&3; do
  printf %s "$request" | base64 -d >/run/slipway-shell.command
  /bin/sh /run/slipway-shell.command >/run/slipway-shell.out 2>/run/slipway-shell.err </dev/null 3>&-
  echo "done $? =$(encoded /run/slipway-shell.out) =$(encoded /run/slipway-shell.err)" >&3
done
`;

export const shellCredentials = (): Readonly<Record<string, string>> =>
  scriptCredentials([SHELL_PORT], SCRIPT);

/** The line that asks for a command. */
export const shellRequest = (command: string): string =>
  `${Buffer.from(command).toString("base64")}\n`;

export type ShellMessage =
  /** The system has come up: `running`, or `degraded` when a unit failed. */
  | { readonly kind: "up"; readonly state: string; readonly bootId: string }
  | {
      readonly kind: "done";
      readonly status: number;
      readonly stdout: string;
      readonly stderr: string;
    };

/** Undefined for a line that is none of ours. */
export const parseShellMessage = (line: string): ShellMessage | undefined => {
  const [, state, bootId] = /^up (\S+) (\S+)$/.exec(line) ?? [];
  if (state !== undefined && bootId !== undefined) return { kind: "up", state, bootId };
  const [, status, stdout, stderr] = /^done (\d+) =(\S*) =(\S*)$/.exec(line) ?? [];
  if (status === undefined || stdout === undefined || stderr === undefined) return undefined;
  const decoded = (text: string): string => Buffer.from(text, "base64").toString("utf8");
  return {
    kind: "done",
    status: Number(status),
    stdout: decoded(stdout),
    stderr: decoded(stderr),
  };
};
