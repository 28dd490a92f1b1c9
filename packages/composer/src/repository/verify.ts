/**
 * Reads every file of a repository and holds it against what is signed. Also what no client asks for any more is looked at: it is what it says it
 * is, or somebody wrote to the repository who should not have.
 */
import path from "node:path";
import { errnoOf, type Clock } from "@slipway/host";
import type { Metadata, Root, Targets } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import {
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  type Document,
} from "../trust/metadata-text.ts";
import {
  blobPath,
  imageRole,
  isRole,
  mostBytes,
  releaseOfTarget,
  type RepositoryFile,
  repositoryFile,
  type Role,
} from "@slipway/release";
import { readWhole } from "./blobs.ts";
import { blobsOf, type Contents, readContents } from "./contents.ts";
import { type Problem, reasonOf } from "./problem.ts";
import { readSmallFile } from "./read-file.ts";
import { type FollowedMetadata, readMetadata, type SignedMetadata } from "./read-metadata.ts";
import { badSignatures } from "./signatures.ts";
import { walkRepository } from "./walk.ts";

export interface VerifyOptions {
  readonly repo: string;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface VerifyReport {
  /** One a file, in the order of their names; none means that every byte is as it was published. */
  readonly problems: readonly Problem[];
  /** What was looked at. */
  readonly checked: {
    readonly releases: number;
    readonly channels: number;
    readonly files: number;
    readonly bytes: number;
  };
  /** Files of names that no repository has. They do no harm, and no client asks for them. */
  readonly strangers: readonly string[];
}

interface Audit {
  readonly options: VerifyOptions;
  readonly problems: Map<string, Problem>;
  readonly report: (file: string, message: string, kind?: Problem["kind"]) => void;
  /** Files that were read and held against something already. */
  readonly seen: Set<string>;
  bytes: number;
}

/** @throws ComposerError `NOT_A_REPOSITORY`; whatever is wrong with one is in the report. */
export const verifyRepository = async (options: VerifyOptions): Promise<VerifyReport> => {
  const { repo, clock, progress } = options;
  const problems = new Map<string, Problem>();
  const add = (problem: Problem): void => {
    if (!problems.has(problem.file)) problems.set(problem.file, problem);
  };
  const audit: Audit = {
    options,
    problems,
    report: (file, message, kind = "broken") => add({ file, kind, message }),
    seen: new Set(),
    bytes: 0,
  };
  const followed = await readMetadata(repo, clock.now(), add);
  const { metadata } = followed;
  const contents =
    metadata === undefined
      ? { releases: [], channels: [], files: new Set<string>() }
      : await readContents(repo, metadata, add);
  for (const file of [...(metadata?.files ?? []), ...contents.files]) audit.seen.add(file);
  if (metadata === undefined && (await isEmpty(repo))) {
    throw new ComposerError("NOT_A_REPOSITORY", `${repo} has no metadata`, {
      hint: "name the directory that has `metadata` in it",
    });
  }
  checkChannels(audit, contents, metadata);
  await progress.task("verify", repo, async (task) => {
    const total = [...blobsOf(contents.releases).values()].reduce((sum, size) => sum + size, 0);
    await checkBlobs(audit, contents, (done) => task.bytes(done, total));
  });
  const strangers = await checkUnnamed(audit, followed);
  return {
    problems: [...problems.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    checked: {
      releases: contents.releases.length,
      channels: contents.channels.length,
      files: audit.seen.size,
      bytes: audit.bytes,
    },
    strangers: strangers.toSorted(),
  };
};

const isEmpty = async (repo: string): Promise<boolean> => {
  for await (const _ of walkRepository(repo)) return false;
  return true;
};

/** A channel must not name what nobody signed: nodes would only meet that as a missing offer. */
const checkChannels = (
  audit: Audit,
  { channels }: Contents,
  metadata: SignedMetadata | undefined,
): void => {
  for (const { channel, file } of channels) {
    // Without the image's list, which is broken then, nobody can say.
    const listing = metadata?.delegated.get(imageRole(channel.image));
    if (listing === undefined) continue;
    const listed = new Set(
      Object.keys(listing.metadata.signed.targets).map(
        (target) => releaseOfTarget(target)?.version,
      ),
    );
    const unsigned = channel.rollouts.find(({ version }) => !listed.has(version));
    if (unsigned !== undefined)
      audit.report(
        file,
        `names ${unsigned.version}, which ${imageRole(channel.image)} did not sign`,
      );
  }
};

const checkBlobs = async (
  audit: Audit,
  { releases }: Contents,
  onBytes: (done: number) => void,
): Promise<void> => {
  for (const [sha256, size] of blobsOf(releases)) {
    const file = blobPath(sha256);
    audit.seen.add(file);
    await checkBlob(audit, file, { sha256, size }, onBytes);
  }
};

const checkBlob = async (
  audit: Audit,
  file: string,
  { sha256, size }: { readonly sha256: string; readonly size?: number },
  onBytes: (done: number) => void,
): Promise<void> => {
  const { repo, progress } = audit.options;
  try {
    const found = await readWhole(path.join(repo, file), progress.signal, (bytes) => {
      audit.bytes += bytes.length;
      onBytes(audit.bytes);
    });
    if (size !== undefined && found.size !== size)
      audit.report(file, `has ${found.size} bytes, and ${size} are signed`);
    else if (found.sha256 !== sha256)
      audit.report(file, `is not what its name says: its SHA-256 is ${found.sha256}`);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    audit.report(file, "is not there");
  }
};

/** Looks at the files that nothing names, and answers those that are none of a repository. */
const checkUnnamed = async (
  audit: Audit,
  followed: FollowedMetadata,
): Promise<readonly string[]> => {
  const strangers: string[] = [];
  const unnamed: { readonly file: string; readonly what: RepositoryFile }[] = [];
  for await (const { file, kind } of walkRepository(audit.options.repo)) {
    if (audit.seen.has(file)) continue;
    const what = kind === "file" ? repositoryFile(file) : undefined;
    if (what === undefined) strangers.push(file);
    else unnamed.push({ file, what });
  }
  // Lists of earlier times first: by them the rest is judged.
  const delegators = await gatherDelegators(audit, followed, unnamed);
  for (const { file, what } of unnamed) {
    audit.seen.add(file);
    await checkOne(audit, file, what, delegators);
  }
  return strangers;
};

/** All that ever said which keys a role has. */
interface Delegators {
  readonly roots: readonly Metadata<Root>[];
  readonly targets: readonly Metadata<Targets>[];
  /** Whether some of them are broken: then nobody can say of a file that its keys are nobody's. */
  readonly incomplete: boolean;
}

const gatherDelegators = async (
  audit: Audit,
  { roots, rootsAreSound, metadata }: FollowedMetadata,
  unnamed: readonly { readonly file: string; readonly what: RepositoryFile }[],
): Promise<Delegators> => {
  const targets = metadata === undefined ? [] : [metadata.targets];
  for (const { file, what } of unnamed) {
    if (what.kind !== "metadata" || what.role !== "targets") continue;
    const document = await readOld(audit, file, "targets", (bytes) =>
      decodeTargets(bytes, "targets", file),
    );
    if (document !== undefined && isSignedByAny("targets", document, roots))
      targets.push(document.metadata);
  }
  const isBroken = (file: string): boolean => /^metadata\/\d+\.targets\.json$/.test(file);
  const incomplete = !rootsAreSound || [...audit.problems.keys()].some(isBroken);
  return { roots, targets, incomplete };
};

const isSignedByAny = (
  role: Role,
  { metadata }: Document,
  delegators: readonly (Metadata<Root> | Metadata<Targets>)[],
): boolean =>
  delegators.some(
    (delegator) => badSignatures(role, metadata, [delegator], delegators).length === 0,
  );

const readOld = async <T extends Document>(
  audit: Audit,
  file: string,
  role: Role,
  decode: (bytes: Uint8Array) => T,
): Promise<T | undefined> => {
  const read = await readSmallFile(audit.options.repo, file, mostBytes(role));
  try {
    if (read.kind === "bytes") return decode(read.bytes);
    audit.report(file, read.kind === "absent" ? "is not there" : "is larger than clients read");
  } catch (error) {
    audit.report(file, `is no metadata of ${role}: ${reasonOf(error)}`);
  }
  return undefined;
};

const decodeOld = (bytes: Uint8Array, role: Role, file: string): Document => {
  if (role === "root") return decodeRoot(bytes, file);
  if (role === "snapshot") return decodeSnapshot(bytes, file);
  return decodeTargets(bytes, role, file);
};

const checkOne = async (
  audit: Audit,
  file: string,
  what: RepositoryFile,
  { roots, targets, incomplete }: Delegators,
): Promise<void> => {
  switch (what.kind) {
    case "blob":
      return checkBlob(audit, file, what, () => undefined);
    case "target": {
      const found = await readWhole(path.join(audit.options.repo, file), undefined);
      audit.bytes += found.size;
      if (found.sha256 !== what.sha256)
        audit.report(file, `is not what its name says: its SHA-256 is ${found.sha256}`);
      return;
    }
    case "metadata": {
      const { role, version } = what;
      if (!isRole(role) || role === "timestamp")
        return audit.report(file, `is of a role that there is not: ${role}`);
      const document = await readOld(audit, file, role, (bytes) => decodeOld(bytes, role, file));
      if (document === undefined) return;
      if (document.metadata.signed.version !== version)
        return audit.report(file, `says that it is version ${document.metadata.signed.version}`);
      if (!incomplete && !isSignedByAny(role, document, [...roots, ...targets]))
        audit.report(file, `is not signed by keys that ${role} has or had`);
      return;
    }
    case "timestamp":
      // Not read, since the roots before it are broken.
      return;
  }
};
