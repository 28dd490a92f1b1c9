/** What documents and their tests need to know of the command line; the command itself is `main.ts`. */
export { commandNames } from "./commands/registry.ts";
export { cliDocument } from "./help/reference.ts";
export { EXIT, exitStatusOf } from "./exit-status.ts";
/** Does what arguments say, in a world that the caller has made. */
export { runSlipway } from "./slipway.ts";
export { VERSION } from "./version.ts";
export type { World } from "./world.ts";
