import {
  KEYS_OPTION,
  MOST_ROLE_KEYS,
  NEW_KEY_OPTIONS,
  readRole,
  REPO_OPTION,
} from "../../arguments/keys.ts";
import { type OptionTable, parseArguments, wholeNumber } from "@slipway/host/command-line";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "../command.ts";
import { openReplacing, replacedOutcome } from "./replacing.ts";

const OPTIONS = {
  ...KEYS_OPTION,
  ...REPO_OPTION,
  key: {
    type: "string",
    value: "KEYID",
    help: "Replace only this one of the role's keys: its id, or the first 8 digits or more.",
  },
  count: {
    type: "string",
    value: "N",
    help: "How many keys the role has afterwards, 1 to 20. Default: as many as before.",
  },
  threshold: {
    type: "string",
    value: "N",
    help: "How many of them must sign afterwards. Default: as many as before.",
  },
  ...NEW_KEY_OPTIONS,
  json: { type: "boolean", help: "Print one JSON document: the keys that came and went." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const readCount = (name: string, given: string | undefined): number | undefined =>
  given === undefined ? undefined : wholeNumber(name, given, { least: 1, most: MOST_ROLE_KEYS });

export const rotate: Command = {
  help: {
    summary: "Give a role new keys for its old ones",
    usage: [
      "keys rotate ROLE --keys DIR --repo DIR [--key KEYID] [--count N] [--threshold N] [--algorithm NAME] [--external ROLE=PUBLIC,PROGRAM]… [--json]",
    ],
    about: [
      "Makes as many new keys as go, has everything signed with them that the role signs, and publishes the change: for root, targets, snapshot and timestamp a new root, signed by the old root keys and the new ones; for online and images new targets. Nodes follow from any earlier root.",
      "Needs the keys of whoever names the role (root, or targets) and those of snapshot and timestamp. Nothing is published unless all of them sign. The old private keys stay where they are: destroy them.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway keys rotate timestamp --keys keys --repo /srv/repo",
        does: "A new key for the timestamp.",
      },
      {
        line: "slipway keys rotate root --count 3 --threshold 2 --keys keys --repo /srv/repo",
        does: "From now on three root keys, of which any two must sign.",
      },
      {
        line: "slipway keys rotate root --key 1f2e3d4c --keys keys --repo /srv/repo",
        does: "Replace one of several root keys.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, { progress }) => {
    const { values, positionals } = parseArguments(args, OPTIONS, {
      name: "ROLE",
      least: 1,
      most: 1,
    });
    const role = readRole(positionals[0] ?? "", "ROLE");
    const [count, threshold] = [
      readCount("count", values.count),
      readCount("threshold", values.threshold),
    ];
    const { repository, keyring, options } = await openReplacing(values, world);
    const { rotateKeys } = await world.composer();
    const done = await progress.task("rotate", role, () =>
      rotateKeys(
        repository,
        keyring,
        {
          role,
          ...(values.key === undefined ? {} : { only: values.key }),
          ...(count === undefined ? {} : { count }),
          ...(threshold === undefined ? {} : { threshold }),
        },
        options,
        world,
      ),
    );
    return replacedOutcome(done, values.json === true);
  },
};
