/** Who the node is to the repository's rollouts, and to a fleet. */
import { createHmac } from "node:crypto";
import { dashed } from "@slipway/release";
import { type HostReader, textOf } from "./host-reader.ts";

/** Ours, drawn once: the machine-id itself is nobody else's business. */
const APPLICATION = Buffer.from("7c1f86f2a94b4a3d9d3d0d1f5b6e4a10", "hex");

/**
 * The id that `systemd-id128 machine-id --app-specific=` makes of a machine-id and our application key. Pure.
 * @param machineId 32 hexadecimal digits
 */
export const nodeIdOf = (machineId: string): string => {
  const digest = createHmac("sha256", Buffer.from(machineId, "hex")).update(APPLICATION).digest();
  const id = digest.subarray(0, 16);
  // What makes a UUID of version 4 of it.
  id[6] = ((id[6] ?? 0) & 0x0f) | 0x40;
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return dashed(id.toString("hex"));
};

/** Nothing on a node whose machine-id is not there, or not set. */
export const readNodeId = async (reader: HostReader): Promise<string | undefined> => {
  const kept = await textOf(reader, "/var/lib/slipway/machine-id");
  const machineId = kept ?? (await textOf(reader, "/etc/machine-id")) ?? "";
  return /^[0-9a-f]{32}$/.test(machineId) ? nodeIdOf(machineId) : undefined;
};
