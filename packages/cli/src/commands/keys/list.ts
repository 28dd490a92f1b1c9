import path from "node:path";
import { KEYS_OPTION, needed, REPO_OPTION } from "../../arguments/keys.ts";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { listDocument, listTable } from "../../present/keys.ts";
import { type Command, COMMON_OPTIONS } from "../command.ts";

const OPTIONS = {
  ...KEYS_OPTION,
  ...REPO_OPTION,
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export const list: Command = {
  help: {
    summary: "Show each role's keys, and until when nodes believe it",
    usage: ["keys list --keys DIR [--repo DIR] [--json]"],
    about: [
      "Shows each role with its threshold, the ids of its keys, and where their private parts are: in a file of DIR, with a program, or not here. With --repo also the version and the expiry of what the role signed last, and whether nodes trust a key.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway keys list --keys keys --repo /srv/repo",
        does: "See whose word holds, and for how long.",
      },
      {
        line: "slipway keys list --keys keys --json | jq -r '.roles[].keys[].id'",
        does: "All key ids.",
      },
    ],
  },
  run: async (args, world, { paint }) => {
    const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
    const directory = needed("keys", values.keys, world);
    const { openKeys, openMetadata, listKeys } = await world.composer();
    const keyring = await openKeys(directory, world);
    const metadata =
      values.repo === undefined
        ? undefined
        : await openMetadata(path.resolve(world.directory, values.repo), keyring);
    const roles = await listKeys(keyring, metadata, world.clock.now());
    return {
      data: values.json === true ? jsonDocument(listDocument(roles)) : listTable(roles, paint),
    };
  },
};
