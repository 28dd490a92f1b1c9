import path from "node:path";
import type { NewKeys } from "@slipway/composer";
import {
  type ExternalArgument,
  KEYS_OPTION,
  loadExternal,
  MOST_ROLE_KEYS,
  NEW_KEY_OPTIONS,
  readAlgorithm,
  readExternal,
  REPO_OPTION,
} from "../../arguments/keys.ts";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import { initDocument, initSummary } from "../../present/keys.ts";
import type { World } from "../../world.ts";
import { type Command, COMMON_OPTIONS, REPOSITORY_EXITS } from "../command.ts";

const OPTIONS = {
  ...KEYS_OPTION,
  ...REPO_OPTION,
  image: {
    type: "string",
    multiple: true,
    value: "NAME",
    help: "An image that gets a key of its own; give it once for each image.",
  },
  ...NEW_KEY_OPTIONS,
  "root-keys": {
    type: "string",
    value: "N",
    help: "How many root keys to make, 1 to 20. Default: 1.",
  },
  "root-threshold": {
    type: "string",
    value: "N",
    help: "How many of them must sign a new root. Default: 1.",
  },
  json: { type: "boolean", help: "Print one JSON document: the keys, without their secrets." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface InitKeysArguments {
  readonly directory: string;
  readonly repository: string | undefined;
  readonly wishes: Omit<NewKeys, "external">;
  readonly external: readonly ExternalArgument[];
  readonly json: boolean;
}

const IMAGE = /^[a-z0-9][a-z0-9-]{0,62}$/;

const readImages = (names: readonly string[]): readonly string[] => {
  const wrong = names.find((name) => !IMAGE.test(name));
  if (wrong === undefined) return [...new Set(names)];
  throw usageError(
    `--image is '${printableLine(wrong)}'`,
    "names of images are lower-case letters, digits and dashes",
  );
};

export const readInitKeysArguments = (
  args: readonly string[],
  { directory }: Pick<World, "directory">,
): InitKeysArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 1 });
  const [operand] = positionals;
  if (operand !== undefined && values.keys !== undefined)
    throw usageError("DIR and --keys say the same thing", "give one of them");
  const given = operand ?? values.keys;
  if (given === undefined) throw usageError("DIR is missing", "write slipway keys init DIR");
  const bounds = { least: 1, most: MOST_ROLE_KEYS };
  const rootKeys = wholeNumber("root-keys", values["root-keys"] ?? "1", bounds);
  const rootThreshold = wholeNumber("root-threshold", values["root-threshold"] ?? "1", bounds);
  if (rootThreshold > rootKeys)
    throw usageError(
      `--root-threshold is ${rootThreshold}, and there are ${rootKeys} root keys`,
      `write --root-keys ${rootThreshold} or more`,
    );
  return {
    directory: path.resolve(directory, given),
    repository: values.repo === undefined ? undefined : path.resolve(directory, values.repo),
    wishes: {
      algorithm: readAlgorithm(values.algorithm) ?? "ed25519",
      images: readImages(values.image ?? []),
      rootKeys,
      rootThreshold,
    },
    external: readExternal(values.external ?? [], { directory }),
    json: values.json === true,
  };
};

export const init: Command = {
  help: {
    summary: "Make a key for every role, and a repository that trusts them",
    usage: [
      "keys init DIR [--image NAME]… [--repo DIR] [--algorithm NAME] [--root-keys N --root-threshold N] [--external ROLE=PUBLIC,PROGRAM]… [--json]",
    ],
    about: [
      "Makes DIR (mode 0700) with a private key for each role (PKCS#8 PEM, mode 0600), its public part beside it, keys.json, which says which key is whose, and root.json, the first root, which nodes are born with. With --repo it also makes the repository.",
      "Run again, it adds what is missing and leaves the rest alone: that is how another image gets its key. Move the private keys of root, targets and the images to where only people get at them; keys.json and root.json hold no secrets.",
      "With SLIPWAY_KEYS_PASSPHRASE_FILE in the environment, a file of mode 0600, private keys are encrypted with the passphrase in it; every command that signs with them needs it then.",
    ],
    options: OPTIONS,
    examples: [
      {
        line: "slipway keys init keys --image base --repo /srv/repo",
        does: "Keys for the image base, and a repository.",
      },
      {
        line: "slipway keys init keys --image edge --repo /srv/repo",
        does: "Later: a key for another image, which the repository then knows.",
      },
      {
        line: "slipway keys init keys --root-keys 3 --root-threshold 2",
        does: "Three root keys, of which any two must sign a new root.",
      },
      {
        line: "slipway keys init keys --external 'image-base=base.pub.pem,/usr/local/bin/sign-with-token slot-1'",
        does: "Releases of base are signed by a token.",
      },
    ],
    exits: REPOSITORY_EXITS,
  },
  run: async (args, world, display) => {
    const given = readInitKeysArguments(args, world);
    const { initKeys, ensureRepository } = await world.composer();
    const external = await loadExternal(given.external, world);
    const { progress } = display;
    const made = await progress.task("keys", given.directory, () =>
      initKeys(given.directory, { ...given.wishes, external }, world),
    );
    const { repository } = given;
    const committed =
      repository === undefined
        ? undefined
        : await progress.task("repository", repository, () =>
            ensureRepository(repository, made.keyring, world.clock),
          );
    const changed = committed?.changed ?? [];
    return {
      data: given.json
        ? jsonDocument(initDocument(made, repository, changed))
        : initSummary(made, repository, changed),
    };
  },
};
