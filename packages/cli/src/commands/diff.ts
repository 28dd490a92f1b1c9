import path from "node:path";
import {
  choice,
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
} from "@slipway/host/command-line";
import { EXIT } from "../exit-status.ts";
import { diffMarkdown } from "../present/diff/markdown.ts";
import { diffText } from "../present/diff/text.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const FORMATS = ["text", "md", "json"] as const;

const OPTIONS = {
  format: {
    type: "string",
    value: "FORMAT",
    help: "text (default), md (Markdown for release notes, the same bytes in every run) or json (one document).",
  },
  json: { type: "boolean", help: "The same as --format json." },
  files: {
    type: "boolean",
    help: "A line for each file, however many differ. By default more than 40 are summed up by directory. JSON has all of them anyway.",
  },
  "exit-code": { type: "boolean", help: "Exit with 1 when the releases differ, as git diff does." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface DiffArguments {
  readonly before: string;
  readonly after: string;
  readonly format: (typeof FORMATS)[number];
  readonly files: boolean;
  readonly exitCode: boolean;
}

export const readDiffArguments = (args: readonly string[]): DiffArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, { name: "DIR", least: 1, most: 2 });
  const [before = "", after] = positionals;
  if (after === undefined) {
    throw usageError(
      "the second DIR is missing",
      "name the earlier release, then the later one: slipway diff OLD NEW",
    );
  }
  const asked = values.format === undefined ? undefined : choice("format", values.format, FORMATS);
  if (values.json === true && asked !== undefined && asked !== "json") {
    throw usageError(`--json and --format ${asked} exclude each other`);
  }
  return {
    before,
    after,
    format: asked ?? (values.json === true ? "json" : "text"),
    files: values.files === true,
    exitCode: values["exit-code"] === true,
  };
};

export const diff: Command = {
  help: {
    summary: "Show what differs between two releases",
    usage: ["diff DIR DIR [--format text|md|json] [--files] [--exit-code]"],
    about: [
      "Compares the earlier release in the first DIR with the later one in the second: packages, files of the root, units, presets, accounts, kernel arguments, initrd, sizes. The roots are read from their images as they are; nothing is mounted.",
      "Releases of two images or architectures can be compared too. It warns of that, and of what must never change for nodes that exist: the salt, the size of slots, the ids of accounts.",
      "Files whose names carry the kernel's release are held against those of the other kernel.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway diff out/base/1/x86_64 out/base/2/x86_64",
        does: "See what an upgrade brings.",
      },
      {
        line: "slipway diff out/base/1/x86_64 out/base/2/x86_64 --format md > notes.md",
        does: "Begin the release notes.",
      },
      {
        line: "slipway diff A B --json | jq -r '.packages.upgraded[].name'",
        does: "Ask for one list.",
      },
    ],
    exits: [["1", "failed, or the releases differ and --exit-code was given"]],
  },
  run: async (args, { directory, composer, signal }) => {
    const given = readDiffArguments(args);
    const { diffReleases } = await composer();
    const found = await diffReleases(
      path.resolve(directory, given.before),
      path.resolve(directory, given.after),
      signal,
    );
    const status = given.exitCode && !found.isIdentical ? EXIT.failed : EXIT.done;
    switch (given.format) {
      case "json":
        return { data: jsonDocument(found), status };
      case "md":
        return { data: diffMarkdown(found, { listAll: given.files }), status };
      case "text":
        return { data: diffText(found, { listAll: given.files }), status };
    }
  },
};
