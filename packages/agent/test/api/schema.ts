/** Answers held against the OpenAPI document, more strictly than a client should: a member that it does not name is a fault of ours. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openapiDocument } from "../../src/api/openapi.ts";

const strict = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, strict(inner)] as const);
  const closed =
    "properties" in value &&
    "type" in value &&
    value.type === "object" &&
    !("additionalProperties" in value)
      ? { additionalProperties: false }
      : {};
  return { ...Object.fromEntries(entries), ...closed };
};

interface Operation {
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly content: Record<string, unknown> }>;
}

export const OPENAPI = openapiDocument("0.1.0") as unknown as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
};

const ajv = new Ajv2020({ allErrors: true, strict: false });
ajv.addSchema(strict(OPENAPI) as object, "api");

const pointer = (...steps: readonly string[]): string =>
  `api#/${steps.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;

const holds = (value: unknown, place: string): readonly string[] => {
  const validate = ajv.getSchema(place);
  assert.ok(validate !== undefined, place);
  return validate(value) === true
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath}: ${message} ${JSON.stringify(params)}`,
      );
};

/** Whether an answer is what the document says of this path, method and status. */
export const assertAnswer = (
  { status, text }: { readonly status: number; readonly text: string },
  method: string,
  route: string,
): void => {
  const { responses } = OPENAPI.paths[route]?.[method.toLowerCase()] ?? { responses: {} };
  const key = String(status) in responses ? String(status) : "default";
  const place = pointer("paths", route, method.toLowerCase(), "responses", key, "content");
  assert.deepEqual(holds(JSON.parse(text), `${place}/application~1json/schema`), []);
};

/** Whether a body is one that the document lets a client send. */
export const isBody = (value: unknown, route: string): boolean =>
  holds(
    value,
    `${pointer("paths", route, "post", "requestBody", "content")}/application~1json/schema`,
  ).length === 0;

export const assertSchema = (value: unknown, name: string): void =>
  assert.deepEqual(holds(value, pointer("components", "schemas", name)), []);
