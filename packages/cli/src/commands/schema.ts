import type { IgnitionVersion, VariantVersion } from "@slipway/ignition-config";
import {
  choice,
  jsonDocument,
  nearest,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
} from "@slipway/host/command-line";
import { SPEC_VERSIONS } from "../arguments/spec-versions.ts";
import { type Command, COMMON_OPTIONS } from "./command.ts";

const OPTIONS = {
  variant: {
    type: "string",
    value: "VARIANT",
    help: "slipway (default) for image definitions, or ignition for Ignition configs.",
  },
  json: { type: "boolean", help: "A schema is JSON with or without it." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

/** Every version of our own language, the newest last: the compiler misses no new one. */
const VERSIONS: Readonly<Record<VariantVersion, VariantVersion>> = { "1.0.0": "1.0.0" };

/** Which schema is asked for. */
export type SchemaArguments =
  | { readonly variant: "slipway"; readonly version: VariantVersion }
  | { readonly variant: "ignition"; readonly version: IgnitionVersion };

const chooseVersion = <T extends string>(
  what: string,
  asked: string | undefined,
  known: readonly T[],
): T => {
  const found = asked === undefined ? known.at(-1) : known.find((version) => version === asked);
  if (found !== undefined) return found;
  const near = nearest(asked ?? "", known);
  throw usageError(
    `there is no version '${printableLine(asked ?? "")}' of ${what}`,
    near === undefined ? `choose from ${known.join(", ")}` : `did you mean ${near}?`,
  );
};

export const readSchemaArguments = (args: readonly string[]): SchemaArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "VERSION",
    least: 0,
    most: 1,
  });
  const [asked] = positionals;
  const variant = choice("variant", values.variant ?? "slipway", ["slipway", "ignition"]);
  return variant === "slipway"
    ? {
        variant,
        version: chooseVersion("the definition language", asked, Object.values(VERSIONS)),
      }
    : { variant, version: chooseVersion("Ignition's spec", asked, SPEC_VERSIONS) };
};

export const schema: Command = {
  help: {
    summary: "Print the JSON Schema of image definitions, for editors",
    usage: ["schema [VERSION] [--variant slipway|ignition]"],
    about: [
      "VERSION is that of the language, as in a definition's `version` or a config's `ignition.version`; default: the newest. An editor with this schema completes keys and marks wrong ones; `slipway validate` knows more rules.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway schema > slipway.schema.json", does: "Keep it beside your definitions." },
      { line: "slipway schema 1.0.0", does: "Print that of one version." },
      { line: "slipway schema 3.4.0 --variant ignition", does: "Print that of an Ignition spec." },
    ],
  },
  run: async (args) => {
    const given = readSchemaArguments(args);
    const { ignitionJsonSchema, jsonSchema } = await import("@slipway/ignition-config");
    return {
      data: jsonDocument(
        given.variant === "slipway"
          ? jsonSchema("slipway", given.version)
          : ignitionJsonSchema(given.version),
      ),
    };
  },
};
