import { KEYS_OPTION, NEW_KEY_OPTIONS, REPO_OPTION } from "../../arguments/keys.ts";
import { type OptionTable, parseArguments } from "@slipway/host/command-line";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "../command.ts";
import { openReplacing, replacedOutcome } from "./replacing.ts";

const OPTIONS = {
  ...KEYS_OPTION,
  ...REPO_OPTION,
  ...NEW_KEY_OPTIONS,
  json: { type: "boolean", help: "Print one JSON document: the keys that came and went." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const MOST_KEYS = 100;

export const revoke: Command = {
  help: {
    summary: "Take keys for stolen or lost, and give their roles others",
    usage: [
      "keys revoke KEYID… --keys DIR --repo DIR [--algorithm NAME] [--external ROLE=PUBLIC,PROGRAM]… [--json]",
    ],
    about: [
      "Makes new keys for the roles of the given ones and publishes the change as `keys rotate` does. Name all keys that were on the machine at once.",
      "With a key of snapshot or timestamp both roles get new keys, and what they signed is not believed: the newest metadata that the other roles signed counts. Nodes then forget what the old keys told them, so that those come back whom a thief led to versions far ahead.",
      "With a key of online, look at the channels before and after: whoever had it could choose among signed releases. With a key of an image, look at the list of its releases. With as many root keys as the threshold, a thief can replace everything: nodes need a new root.json by another way.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway keys revoke 1f2e3d4c --keys keys --repo /srv/repo",
        does: "The key was copied: it counts no more.",
      },
      {
        line: "slipway keys revoke 1f2e3d4c 5a6b7c8d 9e0f1a2b --keys keys --repo /srv/repo",
        does: "The machine with online, snapshot and timestamp was broken into.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, { progress }) => {
    const { values, positionals } = parseArguments(args, OPTIONS, {
      name: "KEYID",
      least: 1,
      most: MOST_KEYS,
    });
    const { repository, keyring, options } = await openReplacing(values, world);
    const { revokeKeys } = await world.composer();
    const done = await progress.task("revoke", positionals.join(" "), () =>
      revokeKeys(repository, keyring, positionals, options, world),
    );
    return replacedOutcome(done, values.json === true);
  },
};
