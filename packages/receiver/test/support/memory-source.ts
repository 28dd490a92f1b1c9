import { type FetchRequest, ReceiverError, type RepositorySource } from "@slipway/receiver";

export interface MemorySource extends RepositorySource {
  /** What was asked for, in order. */
  readonly requests: readonly FetchRequest[];
}

/** A repository's files in memory, given in pieces. It keeps no limit but the one of the contract: the client is to keep its own. */
export const memorySource = (
  files: ReadonlyMap<string, Uint8Array>,
  name = "mirror 1",
  pieceBytes = 4096,
): MemorySource => {
  const requests: FetchRequest[] = [];
  return {
    name,
    requests,
    fetch: async function* (request) {
      requests.push(request);
      const { path, range } = request;
      const bytes = files.get(path);
      if (bytes === undefined)
        throw new ReceiverError("NOT_FOUND", `${path} from ${name} is not there`, { source: name });
      const { offset, length } = range ?? { offset: 0, length: bytes.length };
      for (let at = offset; at < offset + length; at += pieceBytes)
        yield bytes.slice(at, Math.min(at + pieceBytes, offset + length));
    },
  };
};
