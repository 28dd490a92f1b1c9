/** Configs of older specs in newer ones. */
import { property } from "./schema/item-key.ts";
import type { Minor } from "./schema/table.ts";
import type { ConfigAt } from "./schema/types.ts";
import { versionOf } from "./schema/versions.ts";

const SPECIAL_BITS = 0o7000;

/** Before 3.6.0 special bits had no effect; they must not begin to have one. */
const FIRST_WITH_SPECIAL_BITS: Minor = 6;

const withoutSpecialBits = <T extends { readonly mode?: number }>(
  nodes: readonly T[],
): readonly T[] =>
  nodes.map((node) =>
    node.mode === undefined ? node : { ...node, mode: node.mode & ~SPECIAL_BITS },
  );

type Storage = NonNullable<ConfigAt<7>["storage"]>;

const maskModes = (storage: Storage): Storage => ({
  ...storage,
  ...(storage.directories && { directories: withoutSpecialBits(storage.directories) }),
  ...(storage.files && { files: withoutSpecialBits(storage.files) }),
});

/** True by construction: each spec has all fields of those before it, and what one requires it has filled in. */
const isNewer = <M extends Minor>(
  config: ConfigAt<7>,
  _to: M,
): config is ConfigAt<7> & ConfigAt<M> => property(config, "ignition") !== undefined;

/** A valid config in a newer spec (or the same), meaning what it meant. */
export const translateIgnition = <M extends Minor>(
  config: ConfigAt<Minor>,
  from: Minor,
  to: M,
): ConfigAt<M> => {
  if (from > to) throw new Error(`spec ${versionOf(from)} is not older than ${versionOf(to)}`);
  const { storage }: ConfigAt<7> = config;
  const isMasked = from < FIRST_WITH_SPECIAL_BITS && to >= FIRST_WITH_SPECIAL_BITS;
  const translated: ConfigAt<7> = {
    ...config,
    ignition: { ...config.ignition, version: versionOf(to) },
    ...(storage !== undefined && isMasked && { storage: maskModes(storage) }),
  };
  if (isNewer(translated, to)) return translated;
  throw new Error("a translated config has the fields of a config");
};
