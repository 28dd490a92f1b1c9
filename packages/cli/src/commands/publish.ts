import { randomBytes } from "node:crypto";
import path from "node:path";
import type { PublishOptions } from "@slipway/composer";
import { KEYS_OPTION, needed, REPO_OPTION } from "../arguments/keys.ts";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import { readPolicy } from "../arguments/policy.ts";
import { findingLine, publishDocument, publishSummary } from "../present/repository.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "./command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  ...KEYS_OPTION,
  channel: {
    type: "string",
    value: "NAME",
    help: "Put the version on this channel too, so that nodes are offered it.",
  },
  rollout: {
    type: "string",
    value: "FILE",
    help: "With --channel: the rollout's policy, in YAML. Default: seven waves over six days.",
  },
  published: {
    type: "string",
    value: "IMAGE/VERSION",
    help: "In place of DIR: a version that is published already, to go on --channel.",
  },
  deltas: {
    type: "string",
    value: "N",
    help: "Make deltas from the newest N releases before it, on the channel or of the image. Default: 3.",
  },
  "no-deltas": { type: "boolean", help: "Make none." },
  from: {
    type: "string",
    multiple: true,
    value: "DIR",
    help: "A release directory to make a delta from, published or not; what is at hand need not be unpacked again.",
  },
  "security-epoch": {
    type: "string",
    value: "N",
    help: "Nodes that bless this release go back to none of a lower epoch. Default: that of the release before it.",
  },
  "minimal-agent": {
    type: "string",
    value: "VERSION",
    help: "The oldest agent that can stage this release. Default: as for the release before it.",
  },
  "included-agent": {
    type: "string",
    value: "VERSION",
    help: "The agent that is in this release. Default: the one that its build names.",
  },
  "accept-lost-offers": {
    type: "boolean",
    help: "Go on although nodes that are offered a release would be offered it no more.",
  },
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface PublishArguments extends Pick<
  PublishOptions,
  | "directories"
  | "published"
  | "deltas"
  | "from"
  | "securityEpoch"
  | "minimalAgent"
  | "includedAgent"
  | "acceptLostOffers"
> {
  readonly repository: string;
  readonly keys: string;
  readonly channel: { readonly name: string; readonly policyFile: string | undefined } | undefined;
  readonly json: boolean;
}

const MOST_DIRECTORIES = 2;

/** Each delta is an hour's work at most, and manifests have room for some hundred. */
const MOST_DELTAS = 50;

const MOST_EPOCH = 1_000_000;

const readPublished = (text: string): NonNullable<PublishOptions["published"]> => {
  const [, image, version] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (image !== undefined && version !== undefined) return { image, version };
  throw usageError(
    `--published is '${printableLine(text)}'`,
    "write --published IMAGE/VERSION, such as base/42",
  );
};

const CHANNEL = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.~^-]{0,63}$/;

const matching = (name: string, text: string | undefined, shape: RegExp, is: string) => {
  if (text === undefined || shape.test(text)) return text;
  throw usageError(`--${name} is '${printableLine(text)}'`, `give ${is}`);
};

/** @throws CliError `USAGE` */
export const readPublishArguments = (
  args: readonly string[],
  world: Pick<World, "directory">,
): PublishArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "DIR",
    least: 0,
    most: MOST_DIRECTORIES,
  });
  const absolute = (file: string): string => path.resolve(world.directory, file);
  const published = values.published === undefined ? undefined : readPublished(values.published);
  const channel = matching(
    "channel",
    values.channel,
    CHANNEL,
    "up to 63 lower-case letters, digits and ._-",
  );
  if ((published === undefined) === (positionals.length === 0)) {
    throw published === undefined
      ? usageError("DIR is missing", "name what slipway build made: OUT/IMAGE/VERSION/ARCH")
      : usageError("--published is in place of DIR", "leave one of them out");
  }
  if (channel === undefined && published !== undefined)
    throw usageError("--published is for a channel", "add --channel NAME");
  if (channel === undefined && values.rollout !== undefined)
    throw usageError("--rollout is for a channel", "add --channel NAME");
  if (values["no-deltas"] === true && values.deltas !== undefined)
    throw usageError("--deltas and --no-deltas exclude each other", "leave one of them out");
  const deltas =
    values["no-deltas"] === true
      ? 0
      : wholeNumber("deltas", values.deltas ?? "3", { least: 0, most: MOST_DELTAS });
  const epoch = values["security-epoch"];
  const aVersion = "a version: letters, digits and .~^-, a letter or digit first";
  return {
    repository: needed("repo", values.repo, world),
    keys: needed("keys", values.keys, world),
    directories: positionals.map(absolute),
    published,
    channel:
      channel === undefined
        ? undefined
        : {
            name: channel,
            policyFile: values.rollout === undefined ? undefined : absolute(values.rollout),
          },
    deltas,
    from: values["no-deltas"] === true ? [] : (values.from ?? []).map(absolute),
    securityEpoch:
      epoch === undefined
        ? undefined
        : wholeNumber("security-epoch", epoch, { least: 0, most: MOST_EPOCH }),
    minimalAgent: matching("minimal-agent", values["minimal-agent"], VERSION, aVersion),
    includedAgent: matching("included-agent", values["included-agent"], VERSION, aVersion),
    acceptLostOffers: values["accept-lost-offers"] === true,
    json: values.json === true,
  };
};

const SALT_BYTES = 16;

export const publish: Command = {
  help: {
    summary: "Sign releases into a repository, and offer them to nodes",
    usage: [
      "publish DIR… --repo DIR --keys DIR [--channel NAME [--rollout FILE]] [OPTIONS]",
      "publish --published IMAGE/VERSION --channel NAME --repo DIR --keys DIR [--rollout FILE]",
    ],
    about: [
      "Reads the release in each DIR, as slipway build left it, holds every file against its manifest, and puts what nodes fetch into the repository: root and kernel image in full, an index for nodes of any release, and deltas from the releases before it. Then it signs: clients see the release from that moment on, whole.",
      "A version is published once. With the same bytes again nothing happens; with other bytes it is refused. Other architectures of a version may follow later.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway publish out/base/42/* --repo /srv/repo --keys keys --channel stable",
        does: "Publish both architectures, and begin a rollout over six days.",
      },
      {
        line: "slipway publish out/base/42/x86_64 --repo /srv/repo --keys keys --channel beta --rollout quick.yaml",
        does: "Roll out as quick.yaml says.",
      },
      {
        line: "slipway publish --published base/42 --channel stable --repo /srv/repo --keys keys",
        does: "Take a version that proved itself on beta to stable.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, { progress }) => {
    const given = readPublishArguments(args, world);
    const { channel, repository: repo } = given;
    const policy =
      channel?.policyFile === undefined ? undefined : await readPolicy(channel.policyFile, world);
    const composer = await world.composer();
    const keyring = await composer.openKeys(given.keys, world);
    const report = await composer.publish({
      ...given,
      repo,
      channel: channel === undefined ? undefined : { name: channel.name, policy },
      requireKeys: (roles) => composer.requireKeys(keyring, roles),
      edit: (decide) => composer.editRepository(repo, keyring, decide, world.clock),
      clock: world.clock,
      drawSalt: () => randomBytes(SALT_BYTES).toString("hex"),
      progress,
    });
    for (const finding of report.warnings) progress.warn(findingLine(finding));
    return { data: given.json ? jsonDocument(publishDocument(report)) : publishSummary(report) };
  },
};
