import path from "node:path";
import type { DemoOptions } from "@slipway/composer";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printable,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import type { Architecture } from "@slipway/ignition-config";
import { readArchitectures } from "../arguments/architectures.ts";
import { cacheDirectory } from "../arguments/places.ts";
import { baseDocument } from "../init/project.ts";
import { demoSummary, sceneLines } from "../present/demo.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  arch: {
    type: "string",
    multiple: true,
    value: "ARCH",
    help: "x86_64 or aarch64: what the nodes are. Default: x86_64.",
  },
  polls: {
    type: "string",
    value: "N",
    help: "After the rollback, how many looks at the repository to wait for. Default: 10.",
  },
  short: {
    type: "boolean",
    help: "Leave out the releases that panic and fall silent.",
  },
  keep: {
    type: "string",
    value: "DIR",
    help: "Leave keys, releases, repository and disks in DIR. Default: all of it is removed.",
  },
  cache: {
    type: "string",
    value: "DIR",
    help: "Where packages and finished steps are kept. Default: $XDG_CACHE_HOME/slipway or ~/.cache/slipway.",
  },
  json: { type: "boolean", help: "Print one JSON document in place of the summary." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** Short, so that nobody waits long: real nodes look every half an hour. Under emulation a look takes some seconds of a processor that builds need as well. */
const POLL_SECONDS = 8;

export interface DemoArguments {
  readonly architecture: Architecture;
  readonly telling: DemoOptions["telling"];
  readonly keep: string | undefined;
  readonly cache: string;
  readonly json: boolean;
}

/** @throws CliError `USAGE` */
export const readDemoArguments = (
  args: readonly string[],
  world: Pick<World, "environment" | "directory" | "home">,
): DemoArguments => {
  const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
  const [architecture = "x86_64", other] = readArchitectures(values.arch ?? []);
  if (other !== undefined)
    throw usageError("the demonstration is of one architecture", "give --arch once");
  return {
    architecture,
    telling: {
      idlePolls: wholeNumber("polls", values.polls ?? "10", { least: 1, most: 10_000 }),
      short: values.short === true,
    },
    keep: values.keep === undefined ? undefined : path.resolve(world.directory, values.keep),
    cache: cacheDirectory(values.cache, world),
    json: values.json === true,
  };
};

export const demo: Command = {
  help: {
    summary: "Watch a node upgrade, refuse bad releases and go back",
    usage: ["demo [--arch ARCH] [--polls N] [--short] [--keep DIR] [--json]"],
    about: [
      "Builds five releases of a small server, publishes them with keys made on the spot, and boots a node in QEMU that follows the repository by itself: an upgrade by delta; a release whose service does not start, one that panics, one whose agent is broken, each undone without anybody's help; and a rollback with one command that no later look at the repository undoes.",
      "The rollback and the release that panics are shown on copies of the node, beside other scenes. It all takes a quarter of an hour on two fast cores where QEMU has to emulate, and half an hour on slow ones, and seven gigabytes of disk while it runs. It fails when anything goes otherwise, and shows what the node has to say.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway demo", does: "Watch it." },
      {
        line: "slipway demo --arch aarch64 --json",
        does: "The same on ARM, for a program to read.",
      },
    ],
  },
  run: async (args, world, display) => {
    const given = readDemoArguments(args, world);
    const { runDemo } = await world.composer();
    const report = await runDemo({
      architecture: given.architecture,
      base: baseDocument,
      pollSeconds: POLL_SECONDS,
      telling: given.telling,
      ...(given.keep === undefined ? {} : { keep: given.keep }),
      cache: given.cache,
      exec: world.exec,
      clock: world.clock,
      progress: display.progress,
      definitions: world.definitions,
      environment: world.environment,
      onScene: (scene) => display.say(printable(sceneLines(scene).join("\n"))),
    });
    return { data: given.json ? jsonDocument(report) : demoSummary(report) };
  },
};
