/**
 * What a node must know of every release on its way before it fetches a manifest: small enough to stand beside the manifest's digest in the image
 * role's signed list.
 */
import { ARCHITECTURES } from "../architecture.ts";
import { encodeCanonical } from "../wire/canonical-json.ts";
import { type Decoded, formatPath } from "../wire/finding.ts";
import { finish, gatherProblems, readObject } from "../wire/reader.ts";
import { DIGEST, IMAGE_NAME, VERSION } from "../wire/shapes.ts";
import { MINIMAL_SLOT, readAgent, SECURITY_EPOCH } from "./decode-manifest.ts";
import type { ReleaseManifest } from "./manifest.ts";

/**
 * How many files a role may list: manifests of an image, or channels. What reads such lists on a node copies the list for each of its entries, so
 * that 2000 of them cost a second on one core and 20 000 minutes.
 */
export const MAX_LISTED_FILES = 2000;

export type ReleaseSummary = Pick<
  ReleaseManifest,
  "image" | "version" | "architecture" | "roothash" | "securityEpoch" | "minimalSlotMib" | "agent"
>;

export const summarize = (manifest: ReleaseManifest): ReleaseSummary => ({
  image: manifest.image,
  version: manifest.version,
  architecture: manifest.architecture,
  roothash: manifest.roothash,
  securityEpoch: manifest.securityEpoch,
  minimalSlotMib: manifest.minimalSlotMib,
  agent: manifest.agent,
});

/** The summary that a value is, or everything that is wrong with it. Members of other names are left aside. */
export const decodeSummary = (value: unknown): Decoded<ReleaseSummary> => {
  const problems = gatherProblems();
  const reader = readObject(value, [], problems);
  return finish(
    {
      image: reader.string("image", IMAGE_NAME),
      version: reader.string("version", VERSION),
      architecture: reader.choice("architecture", ARCHITECTURES),
      roothash: reader.string("roothash", DIGEST),
      securityEpoch: reader.integer("securityEpoch", SECURITY_EPOCH),
      minimalSlotMib: reader.integer("minimalSlotMib", MINIMAL_SLOT),
      agent: readAgent(reader.object("agent")),
    },
    problems,
  );
};

/** One text for one value, in whatever order its members are. */
const textOf = (value: unknown): string => encodeCanonical([value]).slice(1, -1);

/** The manifest, unless it contradicts the summary by which it was chosen. */
export const checkAgainstSummary = (
  manifest: ReleaseManifest,
  summary: ReleaseSummary,
): Decoded<ReleaseManifest> => {
  const problems = gatherProblems();
  const listed = new Map<string, unknown>(Object.entries(summary));
  for (const [name, value] of Object.entries(summarize(manifest)))
    if (textOf(value) !== textOf(listed.get(name)))
      problems.error(
        "contradiction",
        [name],
        `${formatPath([name])} is ${textOf(value)} in the manifest, and ${textOf(listed.get(name))} in the signed list`,
        "publish the release again",
      );
  return finish(manifest, problems);
};
