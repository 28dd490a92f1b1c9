import { ReceiverError } from "../errors.ts";

/** What went wrong below a source, in our words. */
export const asReceiverError = (
  error: unknown,
  source: string,
  signal: AbortSignal | undefined,
): ReceiverError => {
  if (signal?.aborted === true) {
    if (signal.reason instanceof ReceiverError) return signal.reason;
    return new ReceiverError("ABORTED", "fetching was given up", { source, cause: error });
  }
  if (error instanceof ReceiverError) return error;
  const said = error instanceof Error && error.message !== "" ? error.message : String(error);
  return new ReceiverError("UNREACHABLE", `${source} cannot be read: ${said}`, {
    source,
    cause: error,
  });
};
