/** What `keys rotate` and `keys revoke` have in common: whose keys, what the new ones are to be, and what is told of them. */
import type { Keyring, Replaced, ReplaceOptions } from "@slipway/composer";
import { loadExternal, needed, readAlgorithm, readExternal } from "../../arguments/keys.ts";
import { jsonDocument } from "@slipway/host/command-line";
import { replacedDocument, replacedSummary } from "../../present/keys.ts";
import type { World } from "../../world.ts";
import type { Outcome } from "../command.ts";

export interface ReplacingValues {
  readonly keys?: string | undefined;
  readonly repo?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly external?: readonly string[] | undefined;
}

export interface Replacing {
  readonly repository: string;
  readonly keyring: Keyring;
  readonly options: ReplaceOptions;
}

/** @throws CliError `USAGE`, and what opening the keys throws */
export const openReplacing = async (values: ReplacingValues, world: World): Promise<Replacing> => {
  const directory = needed("keys", values.keys, world);
  const repository = needed("repo", values.repo, world);
  const algorithm = readAlgorithm(values.algorithm);
  const external = await loadExternal(readExternal(values.external ?? [], world), world);
  const { openKeys } = await world.composer();
  const keyring = await openKeys(directory, world);
  return {
    repository,
    keyring,
    options: { external, ...(algorithm === undefined ? {} : { algorithm }) },
  };
};

export const replacedOutcome = (done: Replaced, asJson: boolean): Outcome => ({
  data: asJson ? jsonDocument(replacedDocument(done)) : replacedSummary(done),
});
