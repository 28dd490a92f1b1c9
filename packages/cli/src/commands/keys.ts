/** `slipway keys VERB`: whom nodes believe. */
import type { Command, Registered } from "./command.ts";
import { verbGroup } from "./verb-group.ts";

const VERBS: readonly Registered[] = [
  {
    name: "init",
    summary: "Make a key for every role, and a repository that trusts them",
    load: async () => (await import("./keys/init.ts")).init,
  },
  {
    name: "list",
    summary: "Show each role's keys, and until when nodes believe it",
    load: async () => (await import("./keys/list.ts")).list,
  },
  {
    name: "rotate",
    summary: "Give a role new keys for its old ones",
    load: async () => (await import("./keys/rotate.ts")).rotate,
  },
  {
    name: "revoke",
    summary: "Take keys for stolen or lost, and give their roles others",
    load: async () => (await import("./keys/revoke.ts")).revoke,
  },
];

export const keys: Command = verbGroup(
  "keys",
  {
    summary: "Make, list and replace the keys that sign a repository",
    about: [
      "A repository is signed by roles, as The Update Framework (TUF) has them. root says whose keys count; targets says who signs for which image; image-NAME signs the releases of an image. These three are used seldom and are best kept away from machines that are always on. online chooses among signed releases, for channels and rollouts; snapshot and timestamp say what is newest. These three sign every day.",
    ],
    examples: [
      {
        line: "slipway keys init keys --image base --repo /srv/repo",
        does: "Begin: keys in ./keys, and an empty repository.",
      },
      {
        line: "slipway keys list --keys keys --repo /srv/repo",
        does: "See whose word holds, and for how long.",
      },
    ],
  },
  VERBS,
);
