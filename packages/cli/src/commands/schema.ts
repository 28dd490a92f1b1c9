import type { VariantVersion } from "@slipway/ignition-config";
import { type OptionTable, parseArguments } from "../arguments/parse.ts";
import { usageError } from "../errors.ts";
import { jsonDocument } from "../present/document.ts";
import { nearest } from "../text/nearest.ts";
import { printableLine } from "../text/printable.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  json: { type: "boolean", help: "A schema is JSON with or without it." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** Every version there is, and the newest last: the compiler misses no new one. */
const VERSIONS: Readonly<Record<VariantVersion, VariantVersion>> = { "1.0.0": "1.0.0" };

export const readSchemaArguments = (
  args: readonly string[],
): { readonly version: VariantVersion } => {
  const { positionals } = parseArguments(args, OPTIONS, { name: "VERSION", least: 0, most: 1 });
  const known = Object.values(VERSIONS);
  const [asked] = positionals;
  const found = asked === undefined ? known.at(-1) : known.find((version) => version === asked);
  if (found !== undefined) return { version: found };
  const near = nearest(asked ?? "", known);
  throw usageError(
    `there is no version '${printableLine(asked ?? "")}' of the definition language`,
    near === undefined ? `choose from ${known.join(", ")}` : `did you mean ${near}?`,
  );
};

export const schema: Command = {
  help: {
    summary: "Print the JSON Schema of image definitions, for editors",
    usage: ["schema [VERSION]"],
    about: [
      "VERSION is that of the language, as in a definition's `version`; default: the newest. An editor with this schema completes keys and marks wrong ones; `slipway validate` knows more rules.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway schema > slipway.schema.json", does: "Keep it beside your definitions." },
      { line: "slipway schema 1.0.0", does: "Print that of one version." },
    ],
  },
  run: async (args) => {
    const { version } = readSchemaArguments(args);
    const { jsonSchema } = await import("@slipway/ignition-config");
    return { data: jsonDocument(jsonSchema("slipway", version)) };
  },
};
