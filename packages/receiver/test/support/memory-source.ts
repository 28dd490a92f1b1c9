import { ReceiverError, type RepositorySource } from "@slipway/receiver";

export interface MemorySource extends RepositorySource {
  /** What was asked for, in order. */
  readonly asked: readonly string[];
}

/** A repository's files in memory. It keeps no limit but the one of the contract: the client is to keep its own. */
export const memorySource = (
  files: ReadonlyMap<string, Uint8Array>,
  name = "mirror 1",
): MemorySource => {
  const asked: string[] = [];
  return {
    name,
    asked,
    fetch: async function* fetch({ path }) {
      asked.push(path);
      const bytes = files.get(path);
      if (bytes === undefined)
        throw new ReceiverError("NOT_FOUND", `${path} from ${name} is not there`, { source: name });
      for (let start = 0; start < bytes.length; start += 4096)
        yield bytes.subarray(start, start + 4096);
    },
  };
};
