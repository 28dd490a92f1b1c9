/** Machines of the end-to-end tests: a node's disk, booted; what the tests ask all of them. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { linuxClock, linuxExec } from "@slipway/host";
import {
  type MachineSession,
  sshPort,
  startMachine,
  type TestMachine,
} from "@slipway/composer/testing";
import { CACHE } from "./release.ts";

export type NodeMachine = Partial<TestMachine>;

/** Switches on a machine with these disks, the first of which it boots unless told otherwise. Default: x86_64. */
export const bootNode = (
  disks: string | readonly string[],
  machine: NodeMachine = {},
): Promise<MachineSession> =>
  startMachine(
    { exec: linuxExec, clock: linuxClock, cache: CACHE },
    {
      architecture: "x86_64",
      disks: (typeof disks === "string" ? [disks] : disks).map((file) => ({ file })),
      ...machine,
    },
  );

/** Waits until the system has come up with every unit well; else fails with those that are not, and why. */
export const comesUpWhole = async (session: MachineSession): Promise<void> => {
  const { state } = await session.up();
  if (state === "running") return;
  const { stdout } = await session.run(
    "systemctl --failed --no-legend; journalctl --boot --priority=warning --no-pager | tail -n 60",
  );
  assert.fail(`the system is ${state}:\n${stdout}`);
};

/** What a machine with the network `ssh` answers on its port 22 from outside, up to the first line's end. */
export const sshGreeting = async (session: MachineSession): Promise<string> => {
  const socket = connect({ host: "127.0.0.1", port: await sshPort(session) });
  socket.setTimeout(60_000, () => socket.destroy(new Error("no greeting of ssh's in a minute")));
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.trim();
};

/** The output of a command that must succeed. */
export const outputOf = async (session: MachineSession, script: string): Promise<string> => {
  const { status, stdout, stderr } = await session.run(script);
  if (status !== 0) throw new Error(`status ${status} of: ${script}\n${stdout}\n${stderr}`);
  return stdout.trim();
};
