import { ReceiverError, type FetchRequest, type RepositorySource } from "@slipway/receiver";

export interface MemorySource extends RepositorySource {
  /** Everything that was asked for. */
  readonly requests: readonly FetchRequest[];
}

/** A repository in memory, in pieces of so many bytes. */
export const memorySource = (
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  pieceBytes = 65_536,
): MemorySource => {
  const requests: FetchRequest[] = [];
  return {
    name,
    requests,
    fetch: async function* (request) {
      requests.push(request);
      const bytes = files.get(request.path);
      if (bytes === undefined) {
        throw new ReceiverError("NOT_FOUND", `${name} does not have ${request.path}`);
      }
      const { offset, length } = request.range ?? { offset: 0, length: bytes.length };
      for (let at = offset; at < offset + length; at += pieceBytes) {
        yield bytes.slice(at, Math.min(at + pieceBytes, offset + length));
      }
    },
  };
};
