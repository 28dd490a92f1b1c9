/** Whether what is going to be signed can be: asked before the work that comes before it. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { ComposerError } from "../errors.ts";
import { type KeyEntry, keysOfRole } from "../trust/key-index.ts";
import type { Keyring } from "../trust/keyring.ts";
import type { Role } from "@slipway/release";

const isAtHand = ({ directory }: Keyring, { privatePart }: KeyEntry): Promise<boolean> =>
  privatePart.kind === "command"
    ? Promise.resolve(true)
    : stat(path.join(directory, privatePart.name)).then(
        () => true,
        () => false,
      );

/**
 * Looks whether there is a private part for every role, asking no program for a signature. Signing may still find that more keys are needed.
 * @throws ComposerError `KEY_MISSING`
 */
export const requireKeys = async (keyring: Keyring, roles: readonly Role[]): Promise<void> => {
  for (const role of roles) {
    const atHand = await Promise.all(
      keysOfRole(keyring.index, role).map((entry) => isAtHand(keyring, entry)),
    );
    if (atHand.includes(true)) continue;
    throw new ComposerError("KEY_MISSING", `${keyring.directory} cannot sign for ${role}`, {
      hint: `run this where the private key of ${role} is, or make one: slipway keys init --help`,
    });
  }
};
