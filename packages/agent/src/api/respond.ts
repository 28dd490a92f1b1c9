/** From a request to its answer, both as values: no socket is needed for it, and none is seen. */
import type { Failure } from "../errors.ts";
import { decodeAction, type ActionName } from "./action.ts";
import { openapiDocument } from "./openapi.ts";
import type { ApiPorts } from "./ports.ts";
import { httpStatusOf, problemDocument, problemOf, RETRY_AFTER_SECONDS } from "./problem.ts";
import { readQuery } from "./query.ts";
import { type DocumentName, matchRoute, type Route } from "./routes.ts";

/** More than this asks for nothing that we have. */
export const MOST_BODY_BYTES: number = 16 * 1024;

export type Body =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large" }
  /** The client has gone, or was too slow. */
  | { readonly kind: "broken-off" };

export interface ApiRequest {
  readonly method: string;
  /** As the request line has it. */
  readonly target: string;
  readonly contentType: string | undefined;
  readonly lastEventId: string | undefined;
  /** Read once, and only where a body belongs. Never rejects. */
  readonly body: () => Promise<Body>;
}

export interface Whole {
  readonly kind: "whole";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Reply =
  | Whole
  /** From here on the events; `after`: the last line that the client has, where it has any. */
  | { readonly kind: "events"; readonly after: number | undefined };

export interface Respond {
  readonly ports: ApiPorts;
  readonly agentVersion: string;
  /** What nobody expected to go wrong. */
  readonly log: (line: string) => void;
}

const JSON_TYPE = "application/json; charset=utf-8";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const whole = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Whole => ({
  kind: "whole",
  status,
  // Nobody else is to keep what is so now, or to guess what it is.
  headers: {
    "content-type": JSON_TYPE,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  },
  text,
});

const json = (status: number, document: object): Whole =>
  whole(status, `${JSON.stringify(document)}\n`);

export const problemReply = (
  failure: Failure,
  headers: Readonly<Record<string, string>> = {},
): Whole => {
  const status = httpStatusOf(failure.code);
  return whole(status, `${JSON.stringify(problemDocument(failure))}\n`, {
    ...(status === 503 ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {}),
    ...headers,
  });
};

const usage = (message: string, hint: string): Whole =>
  problemReply({ code: "USAGE", message, hint });

const parsed = (bytes: Uint8Array): { readonly value: unknown } | undefined => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
};

const isJson = (contentType: string | undefined): boolean =>
  /^application\/json *(?:; *charset=utf-8 *)?$/i.test(contentType ?? "");

const act = async (
  { ports }: Respond,
  name: ActionName,
  { contentType, body }: ApiRequest,
): Promise<Whole> => {
  // A page in a browser can send a form or a text to any address, and cannot say that it is this.
  if (!isJson(contentType))
    return problemReply({
      code: "WRONG_TYPE",
      message: "the body is not said to be JSON",
      hint: "send it with Content-Type: application/json",
    });
  const read = await body();
  if (read.kind === "broken-off") return usage("the body broke off", "send it again, and whole");
  if (read.kind === "too-large")
    return problemReply(
      {
        code: "TOO_LARGE",
        message: `the body has more than ${MOST_BODY_BYTES} bytes`,
        hint: "send what the action takes, and no more",
      },
      { connection: "close" },
    );
  const document = parsed(read.bytes);
  if (document === undefined)
    return usage("the body is no JSON", "send an object: {} where nothing is to be said");
  const action = decodeAction(name, document.value);
  if (!action.ok) {
    const [first] = action.findings;
    return usage(
      action.findings.map(({ message }) => message).join("; "),
      first?.hint ?? "see /v1/openapi.json for what it takes",
    );
  }
  const acted = await ports.act(action.value);
  return acted.kind === "done"
    ? json(200, acted.document)
    : json(202, { schema: 1, accepted: acted.record });
};

const documentOf = async (
  { ports, agentVersion }: Respond,
  name: DocumentName,
  limit: number,
): Promise<object> => {
  switch (name) {
    case "status":
    case "why":
    case "health":
    case "config":
      return ports[name]();
    case "history":
      return ports.history(limit);
    case "actions":
      return { schema: 1, actions: ports.actions() };
    case "openapi":
      return openapiDocument(agentVersion);
  }
};

/** A line's number, as the ledger counts; whatever else a client sends is none of ours. */
const lineOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;

const answer = async (own: Respond, route: Route, request: ApiRequest): Promise<Reply> => {
  const { target } = route;
  const { search } = placeOf(request.target);
  const query = readQuery(search, target.kind === "document" && target.name === "history");
  if (!query.ok) return problemReply(query.problem);
  switch (target.kind) {
    case "document":
      return json(200, await documentOf(own, target.name, query.limit));
    case "action":
      return act(own, target.name, request);
    case "events":
      return { kind: "events", after: lineOf(request.lastEventId) };
    case "metrics":
      return whole(200, await own.ports.metrics(), { "content-type": METRICS_TYPE });
  }
};

/** Not by URL, which would find meanings (`//`, `..`, `%2e`) that no path of ours has. */
const placeOf = (target: string): { readonly path: string; readonly search: string } => {
  const at = target.indexOf("?");
  return at === -1
    ? { path: target, search: "" }
    : { path: target.slice(0, at), search: target.slice(at + 1) };
};

/** Never rejects. `routes`: those that are answered here. */
export const respond = async (
  own: Respond,
  request: ApiRequest,
  routes?: readonly Route[],
): Promise<Reply> => {
  const matched = matchRoute(request.method, placeOf(request.target).path, routes);
  switch (matched.kind) {
    case "no-path":
      return problemReply({
        code: "NOT_FOUND",
        message: "there is nothing under this path",
        hint: "see /v1/openapi.json for what there is",
      });
    case "no-method":
      return problemReply(
        {
          code: "WRONG_METHOD",
          message: "this path does not take that method",
          hint: `use ${matched.allow}`,
        },
        { allow: matched.allow },
      );
    case "route":
      try {
        return await answer(own, matched.route, request);
      } catch (error) {
        const problem = problemOf(error);
        if (httpStatusOf(problem.code) === 500)
          own.log(`${matched.route.method} ${matched.route.path} failed: ${problem.message}`);
        return problemReply(problem);
      }
  }
};
