/** The `slipway` command: puts the real world together, and leaves with a status. */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import process from "node:process";
import { codeCacheDirectory } from "./arguments/places.ts";

const surroundings = { environment: process.env, directory: process.cwd(), home: homedir() };

// Before anything else is loaded: without it every start compiles every source anew, which is most of a start.
enableCompileCache(codeCacheDirectory(surroundings));
const { linuxClock, linuxExec, listenForStop, openStandardError, openStandardOutput } =
  await import("@slipway/host");
const { nodeDefinitionIo } = await import("./definition/node-io.ts");
const { createFiles } = await import("./linux/create-files.ts");
const { runSlipway } = await import("./slipway.ts");

process.exitCode = await runSlipway(process.argv.slice(2), {
  ...surroundings,
  exec: linuxExec,
  clock: linuxClock,
  definitions: nodeDefinitionIo,
  createFiles,
  composer: () => import("@slipway/composer"),
  screen: openStandardError(),
  writeData: openStandardOutput(),
  signal: listenForStop(),
});
