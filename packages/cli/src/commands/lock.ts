import path from "node:path";
import type { Architecture, VariableInputs } from "@slipway/ignition-config";
import { readArchitectures } from "../arguments/architectures.ts";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { cacheDirectory } from "../arguments/places.ts";
import { readVariables, VARIABLE_OPTIONS } from "../arguments/variables.ts";
import { chosenArchitectures, withAbsolutePaths, withVersion } from "../definition/adjust.ts";
import { readDefinition } from "../definition/read.ts";
import { lockDocument, lockSummary } from "../present/lock.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS, RELEASE_OPTIONS } from "./command.ts";

const OPTIONS = {
  ...RELEASE_OPTIONS,
  ...VARIABLE_OPTIONS,
  cache: {
    type: "string",
    value: "DIR",
    help: "Where packages are kept. Default: $XDG_CACHE_HOME/slipway or ~/.cache/slipway.",
  },
  json: { type: "boolean", help: "Print one JSON document: the lock's path and counts." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface LockArguments {
  readonly file: string;
  readonly architectures: readonly Architecture[];
  readonly version: string | undefined;
  readonly variables: VariableInputs;
  readonly cache: string;
  readonly json: boolean;
}

export const readLockArguments = (
  args: readonly string[],
  surroundings: Pick<World, "environment" | "directory" | "home">,
): LockArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: 1,
  });
  return {
    file: positionals[0] ?? "",
    architectures: readArchitectures(values.arch ?? []),
    version: values.version,
    variables: readVariables(values),
    cache: cacheDirectory(values.cache, surroundings),
    json: values.json === true,
  };
};

export const lock: Command = {
  help: {
    summary: "Resolve a definition's packages and write its lock, without building",
    usage: [
      "lock FILE [--arch ARCH]… [--version VERSION] [--var NAME=VALUE]… [--cache DIR] [--json]",
    ],
    about: [
      "The lock stands beside FILE (its name without the ending, then .lock.json) and names every package by version, size and digest. Keep it under version control: with it, others build the same bytes.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway lock images/base.yaml", does: "Bring the lock up to date." },
      { line: "git diff images/base.lock.json", does: "See what changed: a package is a line." },
    ],
  },
  run: async (args, world, display) => {
    const given = readLockArguments(args, world);
    const { definition } = await readDefinition(given, world, display);
    const { isImageVersion } = await import("@slipway/ignition-config");
    const versioned = withVersion(definition, given.version, isImageVersion);
    const { lockImage } = await world.composer();
    const locked = await lockImage({
      definitionFile: path.resolve(world.directory, given.file),
      definition: withAbsolutePaths(versioned, world.directory),
      architectures: chosenArchitectures(versioned, given.architectures),
      cache: given.cache,
      exec: world.exec,
      clock: world.clock,
      progress: display.progress,
      environment: world.environment,
    });
    return { data: given.json ? jsonDocument(lockDocument(locked)) : lockSummary(locked) };
  },
};
