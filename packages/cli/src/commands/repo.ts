/** `slipway repo VERB`: what there is to do with a repository after publishing. */
import type { Command, Registered } from "./command.ts";
import { verbGroup } from "./verb-group.ts";

/** In the order of the help. Each verb is a command of its own in `repo/`. */
const VERBS: readonly Registered[] = [
  {
    name: "refresh",
    summary: "Sign a repository's dates anew, so that nodes go on believing it",
    load: async () => (await import("./repo/refresh.ts")).refresh,
  },
  {
    name: "verify",
    summary: "Read every file of a repository, and name those that are not as they were signed",
    load: async () => (await import("./repo/verify.ts")).verify,
  },
  {
    name: "gc",
    summary: "Take old releases out of a repository",
    load: async () => (await import("./repo/gc.ts")).gc,
  },
  {
    name: "export",
    summary: "Write one release to one file, for nodes without a network",
    load: async () => (await import("./repo/export.ts")).exportRepository,
  },
  {
    name: "serve",
    summary: "Hand a repository out over HTTP, to try it or for a few nodes",
    load: async () => (await import("./repo/serve.ts")).serve,
  },
];

export const repo: Command = verbGroup(
  "repo",
  {
    summary: "Look after a repository of releases",
    about: [
      "A repository is a directory of static files that any web server can hand out. What nodes believe of it is signed, and holds for a limited time.",
    ],
    examples: [
      {
        line: "slipway repo refresh --repo /srv/repo --keys /etc/slipway/keys",
        does: "Sign the dates anew. Run it every day.",
      },
      { line: "slipway repo refresh --help", does: "Learn more of that." },
    ],
  },
  VERBS,
);
