/** docs/reference/agent-api.md, out of the routes and schemas that the server goes by. Pure. */
import { blocks, table } from "@slipway/host/command-line";
import { DOCUMENTS, PARAMETERS } from "../../api/openapi.ts";
import { type Route, ROUTES } from "../../api/routes.ts";
import type { Schema } from "../../api/schema.ts";
import { BODIES, SCHEMAS } from "../../api/schemas.ts";

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const schemasAt = (schema: Schema, name: string): readonly Schema[] => {
  const value: unknown = schema[name];
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter(isSchema);
};

const textsAt = (schema: Schema, name: string): readonly string[] => {
  const value: unknown = schema[name];
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.map((item) => `\`${JSON.stringify(item)}\``);
};

const membersOf = (schema: Schema): readonly (readonly [string, Schema])[] => {
  const { properties } = schema;
  return isSchema(properties)
    ? Object.entries(properties).flatMap(([name, value]) =>
        isSchema(value) ? [[name, value] as const] : [],
      )
    : [];
};

/** A document of its own is linked to, and everything else said here. */
const formOf = (schema: Schema): string => {
  const { $ref, type, items } = schema;
  if (typeof $ref === "string") {
    const name = $ref.split("/").at(-1) ?? "";
    return `[${name}](#${name.toLowerCase()})`;
  }
  const choices = [...schemasAt(schema, "oneOf"), ...schemasAt(schema, "anyOf")];
  if (choices.length > 0) return choices.map(formOf).join(" or ");
  if ("const" in schema) return `\`${JSON.stringify(schema["const"])}\``;
  const words = textsAt(schema, "enum");
  if (words.length > 0) return words.join(", ");
  if (type === "array") return isSchema(items) ? `list of ${formOf(items)}` : "list";
  const members = membersOf(schema);
  if (members.length > 0)
    return `object of ${members.map(([name, member]) => `\`${name}\` (${formOf(member)})`).join(", ")}`;
  return typeof type === "string" ? type : "anything";
};

const aboutOf = ({ description }: Schema): string =>
  typeof description === "string" ? description : "";

const membersTable = (schema: Schema): readonly string[] => {
  const required = new Set(textsAt(schema, "required"));
  return table(
    ["member", "is", "always there", ""],
    membersOf(schema).map(([name, member]) => [
      `\`${name}\``,
      formOf(member),
      required.has(`\`"${name}"\``) ? "yes" : "",
      aboutOf(member),
    ]),
  );
};

const bodyOf = ({ target }: Route): readonly string[] => {
  if (target.kind !== "action") return [];
  const members = membersOf(BODIES[target.name]);
  return members.length === 0
    ? ["Takes an empty object."]
    : table(
        ["takes", "is"],
        members.map(([name, member]) => [
          `\`${name}\``,
          [formOf(member), aboutOf(member)].filter((text) => text !== "").join("; "),
        ]),
      );
};

const rangeOf = ({ minimum, maximum, default: byItself }: Schema): string =>
  [
    typeof minimum === "number" ? `from ${minimum}` : "",
    typeof maximum === "number" ? `to ${maximum}` : "",
    typeof byItself === "number" ? `(${byItself} by itself)` : "",
  ]
    .filter((text) => text !== "")
    .join(" ");

const parametersOf = ({ path }: Route): readonly string[] =>
  table(
    ["parameter", "in", "is"],
    (PARAMETERS[path] ?? []).map((parameter) => {
      const { name, in: place, schema } = parameter;
      const form = isSchema(schema) ? `${formOf(schema)} ${rangeOf(schema)}` : "";
      return [`\`${String(name)}\``, String(place), `${aboutOf(parameter)} ${form}`.trim()];
    }),
  );

const answerOf = ({ target }: Route): readonly string[] =>
  target.kind === "document"
    ? [`Answers with [${DOCUMENTS[target.name]}](#${DOCUMENTS[target.name].toLowerCase()}).`]
    : [];

const routeSection = (route: Route): string =>
  blocks(
    [`### ${route.method} ${route.path}`],
    [`${route.summary}.`],
    [route.about],
    parametersOf(route),
    bodyOf(route),
    answerOf(route),
  );

const schemaSection = ([name, schema]: readonly [string, unknown]): string => {
  if (!isSchema(schema)) return "";
  const rows = membersTable(schema);
  const about = aboutOf(schema);
  return blocks(
    [`### ${name}`],
    about === "" ? [] : [about],
    rows.length === 0 ? [`${formOf(schema)}.`] : rows,
  );
};

export const apiDocument = (): string =>
  [
    blocks(
      ["# The agent's API, path by path"],
      [
        "HTTP on `/run/slipway/agent.sock`; [api.md](../api.md) says who may, and how. The same for programs, as OpenAPI 3.1: `GET /v1/openapi.json`. What is not done is answered with a [Problem](#problem), whose codes and status are in [agent-errors.md](agent-errors.md). Names are a contract; later agents may add members. Made from `packages/agent/src/api`.",
      ],
      ["## Paths"],
    ),
    ...ROUTES.map(routeSection),
    blocks(["## Documents"]),
    ...Object.entries(SCHEMAS).map(schemaSection),
  ].join("\n");
