import { needed, REPO_OPTION } from "../../arguments/keys.ts";
import { jsonDocument, type OptionTable, parseArguments } from "@slipway/host/command-line";
import { EXIT } from "../../exit-status.ts";
import { verifyDocument, verifySummary } from "../../present/repository.ts";
import { type Command, COMMON_OPTIONS } from "../command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  json: { type: "boolean", help: "Print one JSON document: what was looked at, and each problem." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export const verify: Command = {
  help: {
    summary: "Read every file of a repository, and name those that are not as they were signed",
    usage: ["repo verify --repo DIR [--json]"],
    about: [
      "Follows the metadata from the first root on, as a client does, by signatures, versions and digests; reads every manifest, every channel and every file that they name; and holds what nothing names any more against its own name or signature. It needs no keys, and works on any copy of a repository.",
      "What it believes is the first root in that directory: it finds what was damaged or changed, not a repository that was replaced as a whole.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway repo verify --repo /srv/repo", does: "Look at everything." },
      {
        line: "slipway repo verify --repo /mnt/mirror --json | jq -r '.problems[].file'",
        does: "List the files that a mirror should fetch again.",
      },
    ],
    exits: [["1", "failed, or a file is broken or expired"]],
  },
  run: async (args, world, { progress }) => {
    const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
    const repo = needed("repo", values.repo, world);
    const { verifyRepository } = await world.composer();
    const report = await verifyRepository({ repo, clock: world.clock, progress });
    return {
      data: values.json === true ? jsonDocument(verifyDocument(report)) : verifySummary(report),
      status: report.problems.length === 0 ? EXIT.done : EXIT.failed,
    };
  },
};
