/** Where the agent's own files are on a node. */
import path from "node:path/posix";

/** All that is this node's and no release's. */
export const DATA_DIRECTORY = "/var";
/** What is kept, mode 0700. */
export const STATE_DIRECTORY = "/var/lib/slipway/agent";
/** In memory: what is of this boot alone. */
export const RUN_DIRECTORY = "/run/slipway/agent";

export const inState = (name: string): string => path.join(STATE_DIRECTORY, name);
export const inRun = (name: string): string => path.join(RUN_DIRECTORY, name);
