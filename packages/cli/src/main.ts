/** The `slipway` command: puts the real world together and leaves. */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { linuxClock, linuxExec } from "@slipway/host";
import { cacheDirectory } from "./arguments/places.ts";
import { nodeDefinitionIo } from "./definition/node-io.ts";
import { openStandardOutput, openStandardError } from "./linux/streams.ts";
import { listenForStop } from "./linux/stop.ts";
import { runSlipway } from "./slipway.ts";

const surroundings = { environment: process.env, directory: process.cwd(), home: homedir() };

process.exitCode = await runSlipway(process.argv.slice(2), {
  ...surroundings,
  exec: linuxExec,
  clock: linuxClock,
  definitions: nodeDefinitionIo,
  composer: () => {
    enableCompileCache(path.join(cacheDirectory(undefined, surroundings), "node"));
    return import("@slipway/composer");
  },
  screen: openStandardError(),
  writeData: openStandardOutput(),
  signal: listenForStop(),
});
