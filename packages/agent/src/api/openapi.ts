/** The API as an OpenAPI 3.1 document, made of the routes and the schemas that the server itself goes by. Pure. */
import { type ActionName } from "./action.ts";
import { type DocumentName, type Route, ROUTES } from "./routes.ts";
import { HISTORY_LIMIT } from "./query.ts";
import { ref, type Schema } from "./schema.ts";
import { BODIES, SCHEMAS } from "./schemas.ts";

/** The schemas of the documents. */
export const DOCUMENTS: Readonly<Record<DocumentName, string>> = {
  status: "Status",
  why: "WhyDocument",
  history: "History",
  health: "Health",
  config: "Config",
  actions: "Actions",
  openapi: "OpenApi",
};

const SLOW: ReadonlySet<ActionName> = new Set(["check", "update", "rollback"]);

const json = (schema: Schema): Schema => ({ "application/json": { schema } });

const answer = (description: string, content: Schema): Schema => ({ description, content });

/** What every path may answer beside what it is for. */
const PROBLEM: Schema = answer("Why it was not done.", json(ref("Problem")));

/** By path: what is asked for beside it. */
export const PARAMETERS: Partial<Record<string, readonly Schema[]>> = {
  "/v1/history": [
    {
      name: "limit",
      in: "query",
      description: "The newest so many lines.",
      schema: {
        type: "integer",
        minimum: HISTORY_LIMIT.min,
        maximum: HISTORY_LIMIT.max,
        default: HISTORY_LIMIT.default,
      },
    },
  ],
  "/v1/events": [
    {
      name: "Last-Event-ID",
      in: "header",
      description: "The id of the last event that was received.",
      schema: { type: "integer", minimum: 0 },
    },
  ],
};

const answersOf = ({ target }: Route): Schema => {
  switch (target.kind) {
    case "document":
      return { "200": answer("The document.", json(ref(DOCUMENTS[target.name]))) };
    case "action":
      return SLOW.has(target.name)
        ? { "202": answer("It goes on behind the answer.", json(ref("Accepted"))) }
        : { "200": answer("What was written into the ledger.", json(ref("Recorded"))) };
    case "events":
      return {
        "200": answer("Events, until either side ends it.", {
          "text/event-stream": { schema: { type: "string" } },
        }),
      };
    case "metrics":
      return {
        "200": answer("Metrics.", { "text/plain": { schema: { type: "string" } } }),
      };
  }
};

const operationId = ({ target }: Route): string => {
  switch (target.kind) {
    case "document":
      return `get-${target.name}`;
    case "action":
      return target.name;
    case "events":
    case "metrics":
      return target.kind;
  }
};

const operation = (route: Route): Schema => {
  const parameters = PARAMETERS[route.path];
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: route.about,
    ...(parameters === undefined ? {} : { parameters }),
    ...(route.target.kind === "action"
      ? { requestBody: { required: true, content: json(BODIES[route.target.name]) } }
      : {}),
    responses: { ...answersOf(route), default: PROBLEM },
  };
};

export const openapiDocument = (agentVersion: string): Schema => ({
  openapi: "3.1.0",
  info: {
    title: "slipway-agent",
    version: agentVersion,
    description:
      "The agent of one node, on the socket /run/slipway/agent.sock. Whoever may open the socket may do everything.",
  },
  servers: [{ url: "http://localhost", description: "curl --unix-socket /run/slipway/agent.sock" }],
  paths: Object.fromEntries(
    ROUTES.map((route) => [route.path, { [route.method.toLowerCase()]: operation(route) }]),
  ),
  components: { schemas: SCHEMAS },
});
