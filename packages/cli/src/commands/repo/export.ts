import path from "node:path";
import type { ExportChoice } from "@slipway/composer";
import { ARCHITECTURE_NAMES } from "../../arguments/architectures.ts";
import { needed, REPO_OPTION } from "../../arguments/keys.ts";
import {
  choice,
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
} from "@slipway/host/command-line";
import { exportDocument, exportSummary } from "../../present/repository.ts";
import { type Command, COMMON_OPTIONS } from "../command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  image: { type: "string", value: "NAME", help: "The image." },
  arch: { type: "string", value: "ARCH", help: "x86_64 or aarch64." },
  version: { type: "string", value: "VERSION", help: "The release. Default: the newest one." },
  channel: {
    type: "string",
    value: "NAME",
    help: "In place of --version: the newest release on this channel.",
  },
  deltas: {
    type: "boolean",
    help: "Deltas too, for nodes that have one of the releases before it.",
  },
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const choose = (version: string | undefined, channel: string | undefined): ExportChoice["by"] => {
  if (version !== undefined && channel !== undefined)
    throw usageError("--version and --channel exclude each other", "leave one of them out");
  if (version !== undefined) return { kind: "version", version };
  return channel === undefined ? { kind: "newest" } : { kind: "channel", channel };
};

export const exportRepository: Command = {
  help: {
    summary: "Write one release to one file, for nodes without a network",
    usage: [
      "repo export FILE --image NAME --arch ARCH --repo DIR [--version VERSION|--channel NAME] [--deltas] [--json]",
    ],
    about: [
      "Writes an uncompressed tar of the repository's own files: all that a node needs to take the release with the same checks as from a server, timestamp and roots included. It holds for as long as its timestamp does: 7 days from the last refresh.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway repo export base-42.tar --image base --arch x86_64 --version 42 --repo /srv/repo",
        does: "Put one release on a stick.",
      },
      {
        line: "slipway repo export base.tar --image base --arch aarch64 --channel stable --repo /srv/repo",
        does: "The newest that the channel offers.",
      },
    ],
  },
  run: async (args, world, { progress }) => {
    const { values, positionals } = parseArguments(args, OPTIONS, {
      name: "FILE",
      least: 1,
      most: 1,
    });
    if (values.image === undefined) throw usageError("--image is missing", "write --image NAME");
    if (values.arch === undefined) throw usageError("--arch is missing", "write --arch ARCH");
    const options = {
      repo: needed("repo", values.repo, world),
      file: path.resolve(world.directory, positionals[0] ?? ""),
      image: values.image,
      architecture: choice("arch", values.arch, ARCHITECTURE_NAMES),
      by: choose(values.version, values.channel),
      deltas: values.deltas === true,
    };
    const { exportRelease } = await world.composer();
    const report = await exportRelease({ ...options, clock: world.clock, progress });
    return {
      data: values.json === true ? jsonDocument(exportDocument(report)) : exportSummary(report),
    };
  },
};
