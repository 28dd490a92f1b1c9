/** The repository as the node's settings name it, and what of it is believed. */
import { stat } from "node:fs/promises";
import path from "node:path/posix";
import { fileURLToPath } from "node:url";
import {
  archiveSource,
  directorySource,
  httpSource,
  openTrust,
  type RepositorySource,
  type TrustedView,
} from "@slipway/receiver";
import type { TaskContext } from "./context.ts";
import { taskError } from "./outcome.ts";

const MOST_ROOT_BYTES = 512 * 1024;

/** Sources in the order of preference: of the settings, or the one archive or directory that an operator named. */
export const openSources = async (
  context: Pick<TaskContext, "settings" | "look">,
  from: string | undefined,
): Promise<readonly RepositorySource[]> => {
  if (from !== undefined) return [await localSource(from)];
  const { repository } = await context.settings();
  if (repository.length === 0)
    throw taskError(
      "NO_REPOSITORY",
      "this node is told of no repository to update from",
      "write `repository: [https://…]` to a file in /etc/slipway/agent.d, or name an export: slipway-agent update --from FILE",
    );
  const { facts } = await context.look();
  const userAgent = `slipway-agent/${facts.agentVersion}`;
  const sources: RepositorySource[] = [];
  for (const address of repository)
    sources.push(
      address.startsWith("file:")
        ? await localSource(fileURLToPath(address))
        : httpSource(address, { userAgent }),
    );
  return sources;
};

/** A directory is a repository; anything else is taken for an export, which says best itself what is wrong with it. */
const localSource = async (place: string): Promise<RepositorySource> =>
  (await isDirectory(place)) ? directorySource(place) : archiveSource(place);

const isDirectory = async (place: string): Promise<boolean> => {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
};

export interface OpenRepository {
  readonly view: TrustedView;
  readonly sources: readonly RepositorySource[];
}

/**
 * Looks at the repository, and believes of it what is signed and not older than what was believed before.
 * @throws TaskError `NO_REPOSITORY`, `NO_TRUST`; ReceiverError why nothing was believed
 */
export const openRepository = async (
  context: TaskContext,
  from: string | undefined,
): Promise<OpenRepository> => {
  const { places, reader, clock, log, signal } = context;
  const sources = await openSources(context, from);
  const initialRoot = await reader.bytes(places.trustRoot, MOST_ROOT_BYTES);
  if (initialRoot === undefined)
    throw taskError(
      "NO_TRUST",
      `the booted release has no ${places.trustRoot}: nothing says whose signatures count`,
      "build the image with the repository's keys, and install it",
    );
  const trust = await openTrust({
    store: await context.directory(path.join(places.state, "trust")),
    initialRoot,
    sources,
    clock,
    buildDate: await context.buildDate(),
    log,
  });
  return { view: await trust.refresh(signal), sources };
};
