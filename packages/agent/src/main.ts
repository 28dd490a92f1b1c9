/** The `slipway-agent` command: puts the real world together, and leaves with a status. */
import process from "node:process";
import { linuxClock, listenForStop, openStandardError, openStandardOutput } from "@slipway/host";
import { runCommandLine } from "./cli/command-line.ts";

const screen = openStandardError();
const { env: environment } = process;
// A daemon has no terminal that could be closed: to it SIGHUP means to look again.
const isDaemon = process.argv[2] === "daemon";
const signal = listenForStop(isDaemon ? ["SIGINT", "SIGTERM"] : undefined);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment,
  directory: process.cwd(),
  clock: linuxClock,
  agent: async () =>
    (await import("./cli/node/node-agent.ts")).nodeAgent({
      log: (line) => screen.write(`${line}\n`),
      environment,
      signal,
      onHangup: (listener) => {
        process.on("SIGHUP", listener);
        return () => process.off("SIGHUP", listener);
      },
    }),
  screen,
  writeData: openStandardOutput(),
  signal,
});
