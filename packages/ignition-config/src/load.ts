import type { DefinitionIo } from "./io.ts";
import type { Report } from "./report/finding.ts";
import type { ImageDefinition } from "./slipway/definition.ts";

/** What `loadDefinition` answers. */
export interface Loaded {
  readonly report: Report;
  /** Present exactly when the report is not fatal. */
  readonly definition?: ImageDefinition;
  /** The text of every document that could be decoded, by its name in the findings' ranges. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads, merges and checks an image definition with everything it includes. Every problem of every document is
 * in the report, none is thrown; it rejects only if `io` does.
 */
export const loadDefinition = async (_file: string, _io: DefinitionIo): Promise<Loaded> => {
  throw new Error("not implemented yet");
};
