/** The agent's command line, for documents and what holds them against it; the command itself is `main.ts`. */
/** Does what arguments say, in a world that the caller has made. */
export { runCommandLine } from "./command-line.ts";
export type { World } from "./world.ts";

/** The pages of docs/reference. */
export { agentCliDocument } from "./reference/cli-document.ts";
export { apiDocument } from "./reference/api-document.ts";
export { errorsDocument } from "./reference/errors-document.ts";
export { settingsDocument } from "./reference/settings-document.ts";
