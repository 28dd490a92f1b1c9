/** Our own images, and the schema from which editors complete them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Json, jsonSchema } from "@slipway/ignition-config";
import { describe, it } from "mocha";

const IMAGES = path.resolve(import.meta.dirname, "../images");
const definitions = readdirSync(IMAGES).filter((name) => name.endsWith(".yaml"));

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The schemas that hold for a value: itself, or each that it may be. */
const choicesOf = (schema: Json | undefined): readonly { readonly [key: string]: Json }[] => {
  if (!isObject(schema)) return [];
  const { anyOf } = schema;
  return Array.isArray(anyOf) ? anyOf.flatMap((one: Json) => choicesOf(one)) : [schema];
};

/** What an editor offers at a place: keys with their descriptions, as yaml-language-server reads a schema. */
const offeredAt = (
  schema: Json,
  place: readonly (string | number)[],
): ReadonlyMap<string, Json> => {
  const at = place.reduce<readonly Json[]>(
    (schemas, step) =>
      schemas.flatMap(choicesOf).flatMap((one) => {
        if (typeof step === "number") return one["items"] ?? [];
        const properties = isObject(one["properties"]) ? one["properties"] : {};
        return properties[step] ?? one["additionalProperties"] ?? [];
      }),
    [schema],
  );
  const properties = at
    .flatMap(choicesOf)
    .map((one) => one["properties"])
    .filter(isObject)
    .flatMap((one) => Object.entries(one));
  return new Map(properties);
};

describe("our images", () => {
  it("tell editors of the schema, which is the language's own", () => {
    assert.ok(definitions.length >= 2);
    for (const name of definitions) {
      const [first = ""] = readFileSync(path.join(IMAGES, name), "utf8").split("\n");
      assert.equal(first, "# yaml-language-server: $schema=slipway.schema.json", name);
    }
    const kept: unknown = JSON.parse(
      readFileSync(path.join(IMAGES, "slipway.schema.json"), "utf8"),
    );
    assert.deepEqual(
      kept,
      jsonSchema("slipway", "1.0.0"),
      "run: ./slipway schema > images/slipway.schema.json",
    );
  });
});

describe("an editor", () => {
  const schema: Json = jsonSchema("slipway", "1.0.0");

  const PLACES: readonly (readonly [readonly (string | number)[], readonly string[]])[] = [
    [[], ["variant", "include", "variables", "secrets", "image", "storage", "systemd", "passwd"]],
    [
      ["variables", "anything"],
      ["type", "default", "description", "enum"],
    ],
    [["image"], ["name", "version", "debian", "slot_size_mib"]],
    [
      ["image", "kernel_package"],
      ["x86_64", "aarch64"],
    ],
    [
      ["storage", "files", 0],
      ["path", "mode", "overwrite", "contents", "append", "user"],
    ],
    [
      ["storage", "files", 3, "contents"],
      ["inline", "local", "source", "secret", "verification"],
    ],
    [
      ["systemd", "units", 0, "dropins", 1],
      ["name", "contents"],
    ],
    [
      ["passwd", "users", 0],
      ["name", "ssh_authorized_keys", "groups", "shell"],
    ],
  ];
  for (const [place, keys] of PLACES) {
    it(`completes ${keys.join(", ")} at ${place.join(".") || "the top"}`, () => {
      const offered = offeredAt(schema, place);
      for (const key of keys) {
        const found = offered.get(key);
        assert.ok(isObject(found), `${key} is not among ${[...offered.keys()].join(", ")}`);
        assert.match(JSON.stringify(found["description"]), /^".{5,}"$/);
      }
    });
  }
});
