/** Who the node is to the repository's rollouts, and to a fleet. */
import { createHmac } from "node:crypto";
import { dashed } from "@slipway/release";
import { type HostReader, textOf } from "./host-reader.ts";

/** Ours, drawn once: the machine-id itself is nobody else's business. `keep-identity` of the composer has the same, and neither can ever change. */
const APPLICATION = Buffer.from("eaa502f91c0d49ebbd841af23fc810f0", "hex");

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

const ID = /^[0-9a-f]{32}$/;

/**
 * What slipway-identity.service keeps: it stays when the machine-id is given up. Where that has not been written, or cannot be read, it is made of the
 * machine-id once more. Nothing on a node that has neither.
 */
export const readNodeId = async (reader: HostReader): Promise<string | undefined> => {
  const kept = (await textOf(reader, "/var/lib/slipway/node-id")) ?? "";
  if (ID.test(kept)) return dashed(kept);
  const machineId = (await textOf(reader, "/etc/machine-id")) ?? "";
  return ID.test(machineId) ? nodeIdOf(machineId) : undefined;
};
