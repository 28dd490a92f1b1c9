/** What documents and their tests need to know of the command line; the command itself is `main.ts`. */
export { commandNames } from "./commands/registry.ts";
export { cliDocument } from "./help/reference.ts";
export { EXIT, exitStatusOf } from "./exit-status.ts";
export { VERSION } from "./version.ts";
