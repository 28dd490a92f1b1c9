import { DAILY_ROLES } from "@slipway/release";
import { KEYS_OPTION, needed, readRole, REPO_OPTION } from "../../arguments/keys.ts";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { dueWarning, refreshDocument, refreshSummary } from "../../present/refresh.ts";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "../command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  ...KEYS_OPTION,
  role: {
    type: "string",
    multiple: true,
    value: "ROLE",
    help: "Sign only what these roles sign, and what follows from it. Default: timestamp, snapshot and online.",
  },
  json: { type: "boolean", help: "Print one JSON document: what was signed, and every expiry." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export const refresh: Command = {
  help: {
    summary: "Sign a repository's dates anew, so that nodes go on believing it",
    usage: ["repo refresh --repo DIR --keys DIR [--role ROLE]… [--json]"],
    about: [
      "Nodes believe a timestamp for 7 days, a snapshot and channels for 14, the lists of releases and of who signs them for 90, and a root for 365. This signs the first three again, with the same contents and new dates, whether they are about to expire or not: run it from cron every day.",
      "It warns of each role that is past half of its time, with the command that cures it, and exits with status 0 all the same: the cure may need keys that are not here.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway repo refresh --repo /srv/repo --keys /etc/slipway/keys",
        does: "What cron runs every day.",
      },
      {
        line: "slipway repo refresh --role image-base --role targets --repo /srv/repo --keys keys",
        does: "Every other month, where those keys are.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, { progress }) => {
    const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
    const given = values.role?.map((role) => readRole(role, "--role"));
    const repository = needed("repo", values.repo, world);
    const directory = needed("keys", values.keys, world);
    const { openKeys, refreshRepository } = await world.composer();
    const keyring = await openKeys(directory, world);
    const done = await progress.task("refresh", repository, () =>
      refreshRepository(repository, keyring, given ?? DAILY_ROLES, world.clock),
    );
    for (const due of done.due) progress.warn(dueWarning(due, values.repo ?? ""));
    return {
      data:
        values.json === true
          ? jsonDocument(refreshDocument(done, values.repo ?? ""))
          : refreshSummary(done),
    };
  },
};
