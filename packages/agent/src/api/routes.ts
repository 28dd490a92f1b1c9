/** All that the API can be asked, as data: the server goes by it, and the OpenAPI document is made of it. */
import { ACTION_NAMES, type ActionName } from "./action.ts";

export type DocumentName =
  | "status"
  | "why"
  | "history"
  | "health"
  | "config"
  | "actions"
  | "openapi";

/** What answers a request. */
export type Target =
  | { readonly kind: "document"; readonly name: DocumentName }
  | { readonly kind: "action"; readonly name: ActionName }
  | { readonly kind: "events" }
  | { readonly kind: "metrics" };

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly target: Target;
  readonly summary: string;
  /** What else is to be known of it. */
  readonly about: string;
}

const document = (name: DocumentName, summary: string, about: string): Route => ({
  method: "GET",
  path: name === "openapi" ? "/v1/openapi.json" : `/v1/${name}`,
  target: { kind: "document", name },
  summary,
  about,
});

const ACTION_TEXTS: Readonly<Record<ActionName, readonly [summary: string, about: string]>> = {
  check: [
    "Ask the repository what there is for this node, and take nothing",
    "Goes on behind the answer; what the repository says is in the record of the action, and in the status.",
  ],
  update: [
    "Take the release that is offered, and restart into it",
    "Goes on behind the answer. `to` asks for this version and no other; `from` names an export or a directory on the node in place of the configured repository; `now` takes it even while updates are paused.",
  ],
  rollback: [
    "Go back to the release in the other slot, at once and for good",
    "Goes on behind the answer; a task that is under way is stopped first. Refused at once where there is nothing to go back to.",
  ],
  pin: [
    "Take no other release than this version",
    "Without `version` it is the release that runs. Holds until it is unpinned, over restarts.",
  ],
  unpin: ["Take any release again that is offered", "Records nothing where there is no pin."],
  pause: ["Take nothing that nobody asks for by hand", "Holds until it is resumed, over restarts."],
  resume: ["Take releases by itself again", "Records nothing where updates are not paused."],
  forgive: [
    "Let a forbidden release be tried again",
    "`version` may also be a root hash, or its first 8 digits; `all` means every one.",
  ],
};

const action = (name: ActionName): Route => ({
  method: "POST",
  path: `/v1/actions/${name}`,
  target: { kind: "action", name },
  summary: ACTION_TEXTS[name][0],
  about: ACTION_TEXTS[name][1],
});

export const ROUTES: readonly Route[] = [
  document(
    "status",
    "What runs, what comes next, and what a rollback would reach",
    "The document of `slipway-agent status --json`.",
  ),
  document(
    "why",
    "All that keeps this node from something newer, and when it clears",
    "The document of `slipway-agent why --json`: the nearest blocker first.",
  ),
  document(
    "history",
    "What was tried on this node, and how it ended",
    "The ledger, newest first: the document of `slipway-agent history --json`.",
  ),
  document(
    "health",
    "By which checks the running release was judged",
    "The document of `slipway-agent health --json`. Checks are not run for it.",
  ),
  document(
    "config",
    "The agent's settings, and where each is from",
    "The document of `slipway-agent config show --origin --json`. Passwords in addresses are not shown.",
  ),
  document(
    "actions",
    "The actions that wait, run, or were done last",
    "As far as this process of the daemon knows: it forgets them when it ends.",
  ),
  document("openapi", "This description", "OpenAPI 3.1, of the agent that answers."),
  {
    method: "GET",
    path: "/v1/events",
    target: { kind: "events" },
    summary: "Server-sent events: lines of the ledger, changes of state, verdicts, actions",
    about:
      "Begins with the state as it is. The id of an event is the number of the ledger's last line; a client that comes again with `Last-Event-ID` gets the lines since then.",
  },
  ...ACTION_NAMES.map(action),
  {
    method: "GET",
    path: "/metrics",
    target: { kind: "metrics" },
    summary: "The node in numbers, for Prometheus",
    about: "Text format 0.0.4; docs/metrics.md lists them.",
  },
];

export type Matched =
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "no-path" }
  /** `allow`: what the path takes, as the header of that name says it. */
  | { readonly kind: "no-method"; readonly allow: string };

/** HEAD is a GET of which the body is left out. */
export const matchRoute = (
  method: string,
  path: string,
  routes: readonly Route[] = ROUTES,
): Matched => {
  const here = routes.filter((route) => route.path === path);
  const meant = method === "HEAD" ? "GET" : method;
  const route = here.find((one) => one.method === meant);
  if (route !== undefined) return { kind: "route", route };
  if (here.length === 0) return { kind: "no-path" };
  const allow = here.flatMap((one) => (one.method === "GET" ? ["GET", "HEAD"] : [one.method]));
  return { kind: "no-method", allow: allow.join(", ") };
};
