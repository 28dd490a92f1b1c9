/** A node's trust in a repository that lies in a directory, kept in another. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Clock, linuxDurableDirectory } from "@slipway/host";
import {
  openTrust,
  ReceiverError,
  type RepositorySource,
  type TrustedView,
} from "@slipway/receiver";

/** The files of a directory, as a memory stick would have them. */
export const plainDirectory = (directory: string): RepositorySource => ({
  name: directory,
  fetch: async function* fetch({ path: name }) {
    try {
      yield readFileSync(path.join(directory, name));
    } catch (cause) {
      throw new ReceiverError("NOT_FOUND", `${name} is not in ${directory}`, { cause });
    }
  },
});

export interface NodeTrust {
  readonly refresh: () => Promise<TrustedView>;
  /** The code with which the repository is refused; nothing where it is believed. */
  readonly refusal: () => Promise<string | undefined>;
  readonly lines: readonly string[];
}

/** A node that begins with the repository's first root. Its agent is started anew for each look. */
export const nodeTrust = (
  repository: string,
  store: string,
  clock: Clock,
  built: Date = new Date("2026-01-01T00:00:00Z"),
): NodeTrust => {
  const initialRoot = readFileSync(path.join(repository, "metadata/1.root.json"));
  const lines: string[] = [];
  const refresh = async (): Promise<TrustedView> => {
    const trust = await openTrust({
      store: linuxDurableDirectory(store),
      initialRoot,
      sources: [plainDirectory(repository)],
      clock,
      buildDate: built,
      log: (line) => lines.push(line),
    });
    return trust.refresh();
  };
  return {
    refresh,
    lines,
    refusal: async () => {
      try {
        await refresh();
        return undefined;
      } catch (error) {
        if (error instanceof ReceiverError) return error.code;
        throw error;
      }
    },
  };
};
