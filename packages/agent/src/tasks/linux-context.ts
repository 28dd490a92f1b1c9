/** The tasks on this machine. */
import { randomInt } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { machine } from "node:os";
import {
  linuxBlockDevices,
  linuxClock,
  linuxDurableDirectory,
  linuxExec,
  linuxFiles,
} from "@slipway/host";
import { ARCHITECTURES, type Architecture } from "@slipway/release";
import { linuxHookPorts } from "../hooks/linux/ports.ts";
import { linuxHostReader } from "../node/host-reader.ts";
import { linuxPlaces } from "../health/linux/places.ts";
import { readNodeId } from "../node/node-id.ts";
import { readNode } from "../node/read-node.ts";
import { NODE_PLACES, type TaskContext } from "./context.ts";
import { taskError } from "./outcome.ts";

/** As many as randomInt draws from. */
const LUCK_STEPS = 2 ** 48 - 1;

const reader = linuxHostReader();

/** By the kernel's name of the machine, which is ours. */
const architecture = (): Architecture => ARCHITECTURES.find((one) => one === machine()) ?? "x86_64";

const nodeId = async (): Promise<string> => {
  const id = await readNodeId(reader);
  if (id !== undefined) return id;
  throw taskError(
    "NO_NODE_ID",
    "/etc/machine-id holds no id of 32 hexadecimal digits",
    "reboot: systemd makes one when the system starts",
  );
};

/** @param options what depends on the process: its settings, its version, where its words go */
export const linuxTaskContext = (
  options: Pick<TaskContext, "settings" | "log" | "progress" | "signal"> & {
    /** Of the agent that asks, for releases that do not tell theirs. */
    readonly agentVersion: string;
  },
): TaskContext => {
  const { agentVersion, ...rest } = options;
  return {
    ...rest,
    look: () => readNode(reader, { architecture: architecture(), agentVersion }),
    nodeId,
    // The build sets it to the release's date.
    buildDate: async () => (await stat("/usr")).mtime,
    reader,
    files: linuxFiles,
    devices: linuxBlockDevices,
    exec: linuxExec,
    hooks: linuxHookPorts(options.log),
    carryEtc: async (view, manifest) => {
      const { carryEtc } = await import("./carry-etc.ts");
      return carryEtc({ exec: linuxExec, places: NODE_PLACES }, view, manifest);
    },
    remember: async (booted) => {
      try {
        const { remember } = await import("../verdict/remember.ts");
        const ports = { exec: linuxExec, places: linuxPlaces, files: linuxFiles };
        await remember({ ...ports, clock: linuxClock }, booted);
      } catch (error) {
        // The next release is then compared with how the node was before.
        const why = error instanceof Error ? error.message : String(error);
        options.log(`how the node is now cannot be kept for the next verdict: ${why}`);
      }
    },
    directory: async (path) => {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return linuxDurableDirectory(path);
    },
    clock: linuxClock,
    random: () => randomInt(LUCK_STEPS) / LUCK_STEPS,
    places: NODE_PLACES,
  };
};
