/** The units that a node has of ours, by name. */
import path from "node:path/posix";
import { nodeFiles } from "./files.ts";
import { UNITS } from "./node-file.ts";

/** `slipway-agent.service`, `slipway-task@.service`; drop-ins for the system's own units are none. */
export const nodeUnitNames = (): readonly string[] =>
  nodeFiles()
    .map((file) => file.path)
    .filter((file) => path.dirname(file) === UNITS)
    .map((file) => path.basename(file))
    .toSorted();
