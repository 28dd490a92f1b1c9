import { KEYS_OPTION, needed, REPO_OPTION } from "../../arguments/keys.ts";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import { gcDocument, gcSummary } from "../../present/repository.ts";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "../command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  ...KEYS_OPTION,
  keep: {
    type: "string",
    value: "N",
    help: "How many of the newest releases stay, on every channel and for every architecture.",
  },
  grace: {
    type: "string",
    value: "HOURS",
    help: "How long files stay after the last list that named them, for clients on their way. Default: 24.",
  },
  "dry-run": { type: "boolean", help: "Say what would be done, and change nothing." },
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const MOST_RELEASES = 1000;
const MOST_GRACE_HOURS = 10_000;
const DEFAULT_GRACE_HOURS = "24";
const HOUR_SECONDS = 3600;

export const gc: Command = {
  help: {
    summary: "Take old releases out of a repository",
    usage: ["repo gc --keep N --repo DIR --keys DIR [--grace HOURS] [--dry-run] [--json]"],
    about: [
      "Keeps the newest N releases of every channel and architecture, and of those on no channel; barriers and dead ends; and every release that a node may still be offered because nothing newer is for everybody. The rest leaves lists and channels, which the keys of the images and of online sign.",
      "Files that no list names any more stay for a while, since clients may have read an older list: the first run notes them, and a run after their grace removes them. Run it from time to time.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway repo gc --keep 5 --repo /srv/repo --keys keys",
        does: "Keep five releases a channel.",
      },
      {
        line: "slipway repo gc --keep 5 --repo /srv/repo --keys keys --dry-run",
        does: "See what would go.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, { progress }) => {
    const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
    const repo = needed("repo", values.repo, world);
    const keys = needed("keys", values.keys, world);
    if (values.keep === undefined) throw usageError("--keep is missing", "write --keep N");
    const keep = wholeNumber("keep", values.keep, { least: 1, most: MOST_RELEASES });
    const grace = wholeNumber("grace", values.grace ?? DEFAULT_GRACE_HOURS, {
      least: 0,
      most: MOST_GRACE_HOURS,
    });
    const dryRun = values["dry-run"] === true;
    const composer = await world.composer();
    const keyring = await composer.openKeys(keys, world);
    const report = await composer.collectGarbage({
      repo,
      keep,
      graceSeconds: grace * HOUR_SECONDS,
      dryRun,
      edit: (decide) => composer.editRepository(repo, keyring, decide, world.clock),
      clock: world.clock,
      progress,
    });
    return {
      data: values.json === true ? jsonDocument(gcDocument(report)) : gcSummary(report, { dryRun }),
    };
  },
};
