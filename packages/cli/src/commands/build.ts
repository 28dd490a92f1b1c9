import path from "node:path";
import type { Architecture, VariableInputs } from "@slipway/ignition-config";
import { readArchitectures } from "../arguments/architectures.ts";
import {
  choice,
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
} from "@slipway/host/command-line";
import { cacheDirectory, outputDirectory } from "../arguments/places.ts";
import { readVariables, VARIABLE_OPTIONS } from "../arguments/variables.ts";
import { chosenArchitectures, withAbsolutePaths, withVersion } from "../definition/adjust.ts";
import { readDefinition } from "../definition/read.ts";
import { plansDocument, planSummary } from "../present/plan.ts";
import { releasesDocument, releaseSummary, shownSteps } from "../present/release.ts";
import { stepLines } from "../present/steps.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS, RELEASE_OPTIONS } from "./command.ts";

const OPTIONS = {
  ...RELEASE_OPTIONS,
  ...VARIABLE_OPTIONS,
  out: {
    type: "string",
    value: "DIR",
    help: "Where releases go, as DIR/IMAGE/VERSION/ARCH. Default: ./out.",
  },
  cache: {
    type: "string",
    value: "DIR",
    help: "Where packages and finished steps are kept. Default: $XDG_CACHE_HOME/slipway or ~/.cache/slipway.",
  },
  locked: {
    type: "boolean",
    help: "Refuse to change the lock: build exactly what it names, or fail.",
  },
  "no-cache": {
    type: "boolean",
    help: "Make every step anew, and keep none. Packages still come from the cache.",
  },
  "sector-size": {
    type: "string",
    value: "BYTES",
    help: "Sectors of the disks that disk.raw is for: 512, or 4096 for native 4K disks. Default: 512.",
  },
  explain: {
    type: "boolean",
    help: "Say of each step whether it was made, and which changed inputs made that necessary.",
  },
  "dry-run": { type: "boolean", help: "Say what would be done, and write nothing." },
  json: { type: "boolean", help: "Print one JSON document; a list for several architectures." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const SECTOR_SIZES = ["512", "4096"] as const;

export interface BuildArguments {
  readonly file: string;
  readonly architectures: readonly Architecture[];
  readonly version: string | undefined;
  readonly variables: VariableInputs;
  readonly out: string;
  readonly cache: string;
  readonly locked: boolean;
  readonly noCache: boolean;
  readonly sectorBytes: 512 | 4096;
  readonly explain: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export const readBuildArguments = (
  args: readonly string[],
  surroundings: Pick<World, "environment" | "directory" | "home">,
): BuildArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: 1,
  });
  const dryRun = values["dry-run"] === true;
  if (dryRun && values.explain === true) {
    throw usageError(
      "--dry-run and --explain exclude each other",
      "--dry-run gives the reasons too",
    );
  }
  return {
    file: positionals[0] ?? "",
    architectures: readArchitectures(values.arch ?? []),
    version: values.version,
    variables: readVariables(values),
    out: outputDirectory(values.out, surroundings),
    cache: cacheDirectory(values.cache, surroundings),
    locked: values.locked === true,
    noCache: values["no-cache"] === true,
    sectorBytes:
      choice("sector-size", values["sector-size"] ?? "512", SECTOR_SIZES) === "4096" ? 4096 : 512,
    explain: values.explain === true,
    dryRun,
    json: values.json === true,
  };
};

export const build: Command = {
  help: {
    summary: "Build the release of an image definition",
    usage: [
      "build FILE [--arch ARCH]… [--version VERSION] [--var NAME=VALUE]… [--out DIR] [OPTIONS]",
    ],
    about: [
      "Resolves the packages of FILE into the lock beside it (FILE without its ending, .lock.json), composes the root, and leaves a disk, the root image with its hash tree, the kernel image, a manifest, the list of packages and an SBOM in DIR/IMAGE/VERSION/ARCH. Equal inputs give equal bytes. What has not changed since the last build is not made again.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway build images/base.yaml --arch x86_64", does: "Build for one architecture." },
      {
        line: "slipway build images/base.yaml --version 2.1 --locked --json",
        does: "Build a named version of exactly what the lock says, for a program to read.",
      },
      {
        line: "slipway build images/base.yaml --explain",
        does: "Build, and learn what made it slow.",
      },
    ],
  },
  run: async (args, world, display) => {
    const given = readBuildArguments(args, world);
    const { definition, refuse } = await readDefinition(given, world, display);
    const { isImageVersion } = await import("@slipway/ignition-config");
    const versioned = withVersion(definition, given.version, isImageVersion);
    const composer = await world.composer();
    const options = {
      definitionFile: path.resolve(world.directory, given.file),
      definition: withAbsolutePaths(versioned, world.directory),
      architectures: chosenArchitectures(versioned, given.architectures),
      out: given.out,
      cache: given.cache,
      locked: given.locked,
      noCache: given.noCache,
      sectorBytes: given.sectorBytes,
      exec: world.exec,
      clock: world.clock,
      progress: display.progress,
      environment: world.environment,
    };
    if (given.dryRun) {
      const plans = await composer.planBuild(options);
      return {
        data: given.json ? jsonDocument(plansDocument(plans)) : plans.map(planSummary).join("\n"),
      };
    }
    const releases = await composer.buildReleases(options).catch((error: unknown) => {
      throw error instanceof composer.TreeRefused ? refuse("TREE_REFUSED", error.findings) : error;
    });
    if (!given.json) {
      const { slotSizeMib } = versioned.image;
      const summaries = releases.map((release) =>
        releaseSummary(release, { slotSizeMib, explain: given.explain }),
      );
      return { data: summaries.join("\n") };
    }
    if (given.explain) {
      for (const { arch, steps } of releases) {
        display.say(
          [`${arch}:`, ...stepLines(shownSteps(steps), "done").map((line) => `  ${line}`)].join(
            "\n",
          ),
        );
      }
    }
    return { data: jsonDocument(releasesDocument(releases)) };
  },
};
