/** The languages there are, by variant and version. */
import type { JsonSchema } from "../schema/json-schema.ts";
import { schemaOf } from "../schema/json-schema.ts";
import type { ObjectShape, Schema } from "../schema/shape.ts";
import { document as slipway1_0, type DocumentFragment } from "./v1_0/document.ts";

type DocumentSchema = Schema<DocumentFragment> & { readonly shape: ObjectShape };

/** What a document may say in `variant`. */
export type Variant = "slipway";
/** What a document of that variant may say in `version`. */
export type VariantVersion = "1.0.0";

const SCHEMAS: Readonly<Record<Variant, Readonly<Record<VariantVersion, DocumentSchema>>>> = {
  slipway: { "1.0.0": slipway1_0 },
};

/** All versions of a variant, the oldest first. */
export const versionsOf = (variant: Variant): readonly string[] => Object.keys(SCHEMAS[variant]);

/** The schema of one language. */
export const schemaFor = (variant: Variant, version: VariantVersion): DocumentSchema =>
  SCHEMAS[variant][version];

/**
 * The JSON Schema (draft 2020-12) of one language, for editors. It knows every key, type, range and choice, but not
 * the rules between values; what it refuses, `loadDefinition` refuses too, except numbers and booleans that YAML 1.1
 * and 1.2 read differently.
 */
export const jsonSchema = (variant: Variant, version: VariantVersion): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:slipway:schema:${variant}:${version}`,
  title: `Slipway image definition, variant ${variant}, version ${version}`,
  ...schemaOf(schemaFor(variant, version).shape),
});
