/** Files that are for their owner alone, and directories of such files. */
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { errnoOf } from "@slipway/host";
import { badKeys } from "./key-index.ts";

/** Keys that are kept encrypted are opened with what this file holds. Unset, keys are kept as they are. */
export const PASSPHRASE_VARIABLE = "SLIPWAY_KEYS_PASSPHRASE_FILE";

const OTHERS = 0o077;
const MOST_BYTES = 64 * 1024;

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, "0");

/** @throws ComposerError `KEYS_INVALID` when others than the owner may look into it. */
export const checkKeyDirectory = async (directory: string): Promise<void> => {
  const { mode } = await stat(directory).catch((cause: unknown) => {
    throw badKeys(
      `there is no directory of keys at ${directory}`,
      `make one: slipway keys init ${directory}`,
      cause,
    );
  });
  if ((mode & OTHERS) !== 0)
    throw badKeys(
      `${directory} has mode ${octal(mode)}: others than its owner can look into it`,
      `find out who did; then: chmod 700 ${directory}`,
    );
};

/** The text of the very file whose mode was checked. */
const readChecked = async (handle: FileHandle, file: string): Promise<string> => {
  const { mode, size } = await handle.stat();
  if ((mode & OTHERS) !== 0)
    throw badKeys(
      `${file} has mode ${octal(mode)}: others than its owner can read it`,
      `take the key for stolen if somebody could (slipway keys revoke); else: chmod 600 ${file}`,
    );
  if (size > MOST_BYTES) throw badKeys(`${file} is no key`, "put it back from a copy");
  return handle.readFile("utf8");
};

/**
 * The text of a secret, or nothing where the file is not.
 * @throws ComposerError `KEYS_INVALID` when others than the owner can read it, or nobody can.
 */
export const readSecret = async (file: string): Promise<string | undefined> => {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw badKeys(`${file} cannot be read`, "see that it is a file of yours", cause);
  }
  try {
    return await readChecked(handle, file);
  } finally {
    await handle.close();
  }
};

/**
 * With what keys are encrypted; nothing where they are not. A line feed at the end is the editor's.
 * @throws ComposerError `KEYS_INVALID`
 */
export const readPassphrase = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> => {
  const file = environment[PASSPHRASE_VARIABLE] ?? "";
  if (file === "") return undefined;
  const passphrase = (await readSecret(file))?.replace(/\r?\n$/, "") ?? "";
  if (passphrase === "")
    throw badKeys(`${file} holds no passphrase`, `correct ${PASSPHRASE_VARIABLE}, or unset it`);
  return passphrase;
};
