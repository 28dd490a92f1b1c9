/** Options of the commands that sign. */
import path from "node:path";
import type { ExternalKey, KeyAlgorithm } from "@slipway/composer";
import { isRole, ONLINE, type Role, TOP_ROLES } from "@slipway/release";
import { choice, printableLine, usageError } from "@slipway/host/command-line";
import type { World } from "../world.ts";

export const KEYS_OPTION: {
  readonly keys: { readonly type: "string"; readonly value: string; readonly help: string };
} = {
  keys: {
    type: "string",
    value: "DIR",
    help: "The directory of keys: keys.json, root.json, and the private keys that this machine has.",
  },
};

export const REPO_OPTION: {
  readonly repo: { readonly type: "string"; readonly value: string; readonly help: string };
} = {
  repo: { type: "string", value: "DIR", help: "The repository: the directory that is served." },
};

/** What new keys are. */
export const NEW_KEY_OPTIONS: {
  readonly algorithm: { readonly type: "string"; readonly value: string; readonly help: string };
  readonly external: {
    readonly type: "string";
    readonly multiple: true;
    readonly value: string;
    readonly help: string;
  };
} = {
  algorithm: {
    type: "string",
    value: "NAME",
    help: "Of the keys that are made: ed25519 or ecdsa-p256. Default: ed25519, or what the key before was.",
  },
  external: {
    type: "string",
    multiple: true,
    value: "ROLE=PUBLIC,PROGRAM",
    help: "A key that a program keeps (HSM, KMS): its public part in PEM, and the program with its arguments. It gets the bytes to sign on standard input and prints the signature in base64; ECDSA signs their SHA-256 and answers in DER.",
  },
};

/** Here and not from the composer, so that reading arguments loads nothing; a test compares the two. */
export const ALGORITHM_NAMES: readonly KeyAlgorithm[] = ["ed25519", "ecdsa-p256"];

/** Of one role: more are no safer, and every node reads them. */
export const MOST_ROLE_KEYS = 20;

export const readAlgorithm = (given: string | undefined): KeyAlgorithm | undefined =>
  given === undefined ? undefined : choice("algorithm", given, ALGORITHM_NAMES);

/** @throws CliError `USAGE` */
export const readRole = (text: string, what: string): Role => {
  if (isRole(text)) return text;
  throw usageError(
    `${what} is '${printableLine(text)}'`,
    `roles are ${[...TOP_ROLES, ONLINE].join(", ")}, and image-NAME for each image`,
  );
};

/** The value of an option without which there is nothing to do. */
export const needed = (
  name: "keys" | "repo",
  given: string | undefined,
  { directory }: Pick<World, "directory">,
): string => {
  if (given !== undefined) return path.resolve(directory, given);
  throw usageError(`--${name} is missing`, `write --${name} DIR`);
};

/** An external key whose public part has yet to be read. */
export interface ExternalArgument extends Omit<ExternalKey, "publicKey"> {
  readonly publicKeyFile: string;
}

/** A program by a path is one here; by a bare name it is looked for where programs are. */
const programPath = (word: string, directory: string): string =>
  word.includes("/") ? path.resolve(directory, word) : word;

export const readExternal = (
  values: readonly string[],
  { directory }: Pick<World, "directory">,
): readonly ExternalArgument[] =>
  values.map((value) => {
    const [, role = "", file = "", line = ""] = /^([^=]+)=([^,]+),(.+)$/.exec(value) ?? [];
    const [program, ...words] = line.split(/\s+/).filter((word) => word !== "");
    if (program === undefined)
      throw usageError(
        `--external is '${printableLine(value)}'`,
        "write --external ROLE=PUBLIC.pem,PROGRAM, with arguments after a space",
      );
    return {
      role: readRole(role, "--external's role"),
      publicKeyFile: path.resolve(directory, file),
      argv: [programPath(program, directory), ...words],
    };
  });

/** Far more than any public key in PEM has. */
const PUBLIC_KEY_BYTES = 16_384;

/** Reads the public parts. */
export const loadExternal = async (
  given: readonly ExternalArgument[],
  { definitions }: Pick<World, "definitions">,
): Promise<readonly ExternalKey[]> =>
  Promise.all(
    given.map(async ({ publicKeyFile, ...rest }) => {
      const read = await definitions.read(publicKeyFile, PUBLIC_KEY_BYTES);
      if (!read.ok)
        throw usageError(
          `the public key ${publicKeyFile} cannot be read: ${read.detail === "" ? read.reason : read.detail}`,
        );
      return { ...rest, publicKey: new TextDecoder().decode(read.bytes) };
    }),
  );
