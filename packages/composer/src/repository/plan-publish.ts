/** What publishing has to do, given what is published: decided before anything is made. Pure. */
import {
  type AgentNeeds,
  compareVersions,
  encodeManifest,
  type ReleaseManifest,
  releaseTarget,
} from "@slipway/release";
import { ComposerError } from "../errors.ts";
import { type BuiltDirectory, manifestWithout } from "./built-directory.ts";
import type { PublishedRelease } from "./contents.ts";

/** What the publisher may say of a release beyond what its build says. */
export interface ReleaseFacts {
  readonly securityEpoch?: number | undefined;
  readonly minimalAgent?: string | undefined;
  /** Default: what the build's own manifest says. */
  readonly includedAgent?: string | undefined;
}

export type PlannedPublication =
  | { readonly kind: "new"; readonly built: BuiltDirectory; readonly manifest: ReleaseManifest }
  | { readonly kind: "published"; readonly release: PublishedRelease };

/** Every agent can stage a release that says nothing else. */
const ANY_AGENT = "0";

/** The facts of the release before it hold on: an epoch must not fall because somebody left an option out. */
const inherited = (
  { manifest: { image, version, architecture } }: BuiltDirectory,
  releases: readonly PublishedRelease[],
): { readonly securityEpoch: number; readonly minimal: string } => {
  const [before] = releases
    .map(({ manifest }) => manifest)
    .filter(
      (other) =>
        other.image === image &&
        other.architecture === architecture &&
        compareVersions(other.version, version) < 0,
    )
    .toSorted((a, b) => compareVersions(b.version, a.version));
  return {
    securityEpoch: before?.securityEpoch ?? 0,
    minimal: before?.agent.minimal ?? ANY_AGENT,
  };
};

const factsFor = (
  built: BuiltDirectory,
  { securityEpoch, minimalAgent, includedAgent }: ReleaseFacts,
  releases: readonly PublishedRelease[],
): { readonly securityEpoch: number; readonly agent: AgentNeeds } => {
  const before = inherited(built, releases);
  const included = includedAgent ?? built.manifest.agent;
  return {
    securityEpoch: securityEpoch ?? before.securityEpoch,
    agent: {
      minimal: minimalAgent ?? before.minimal,
      ...(included === undefined ? {} : { included }),
    },
  };
};

/** What the given facts would make of a release that is published already. */
const asPublishedBefore = (
  built: BuiltDirectory,
  given: ReleaseFacts,
  published: ReleaseManifest,
): ReleaseManifest => {
  const included = given.includedAgent ?? published.agent.included;
  return {
    ...manifestWithout(built, {
      securityEpoch: given.securityEpoch ?? published.securityEpoch,
      agent: {
        minimal: given.minimalAgent ?? published.agent.minimal,
        ...(included === undefined ? {} : { included }),
      },
    }),
    // What publishing makes itself: the same bytes of a release may become others with a later Slipway.
    ...(published.contents === undefined ? {} : { contents: published.contents }),
    transports: published.transports,
  };
};

/**
 * What to do about one directory.
 * @throws ComposerError `ALREADY_PUBLISHED` when its version is published with something else in it.
 */
export const planPublication = (
  built: BuiltDirectory,
  given: ReleaseFacts,
  releases: readonly PublishedRelease[],
): PlannedPublication => {
  const target = releaseTarget(built.manifest);
  const release = releases.find((other) => other.target === target);
  if (release === undefined) {
    return {
      kind: "new",
      built,
      manifest: manifestWithout(built, factsFor(built, given, releases)),
    };
  }
  const again = asPublishedBefore(built, given, release.manifest);
  if (encodeManifest(again) === encodeManifest(release.manifest))
    return { kind: "published", release };
  const { image, version, architecture } = built.manifest;
  const differing = Object.entries(again)
    .filter(
      ([name, value]) => !isSameMember(value, new Map(Object.entries(release.manifest)).get(name)),
    )
    .map(([name]) => name);
  throw new ComposerError(
    "ALREADY_PUBLISHED",
    `${image} ${version} for ${architecture} is published already, with another ${differing.join(", ")} than ${built.directory} has`,
    { hint: "a version is published once: build it as a new version" },
  );
};

const isSameMember = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
