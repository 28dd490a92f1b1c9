import { entryName } from "../esp/entry-name.ts";
import type { EntryOf } from "../esp/steps.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { HostFacts } from "../node/facts.ts";

/**
 * The entry of a release, by all names that it may have: the name of the file that holds it, where there is one, and those that were torn, which are told
 * by what is in them. Pure.
 */
export const entryOf = (
  { image, entries, torn }: Pick<HostFacts, "image" | "entries" | "torn">,
  { version, roothash }: ReleaseRef,
): EntryOf => {
  const found = entries.find((one) => one.roothash === roothash);
  const name = found?.name ?? entryName({ image, version, roothash }, { kind: "good" });
  return {
    image: name.image,
    version: name.version,
    digest: name.digest,
    torn: torn.filter((one) => one.roothash === roothash).map(({ file }) => file),
  };
};
