/**
 * Where a node keeps what it trusts: two generations in two files, written in turn.
 *
 * A save writes `trust.new` and syncs it, renames it over the *older* generation, and syncs the directory. Why a power cut cannot lose both:
 * - the newer generation's file is not named in any of these steps, so it stays whatever happens;
 * - before the rename the older one is untouched, and `trust.new` is read by nobody;
 * - the rename leads to the old file or to the new one, whose bytes were synced before: should a disk have lied about that, the digest in its first
 *   line shows it, and the other generation is taken;
 * - a save has happened when the directory was synced, and not before: the caller hands out nothing until then.
 * A root that is newer than the one in the other file is written to both, so that no single spoilt file takes the node back behind a rotation.
 */
import type { DurableDirectory } from "@slipway/host";
import { ReceiverError } from "../errors.ts";
import { decodeState, encodeState, MOST_STATE_BYTES, type TrustState } from "./trust-state.ts";

const FILES = ["trust-0", "trust-1"] as const;
const NEW = "trust.new";

export interface TrustStore {
  /** The newest whole generation; nothing on a node that never saved one. What could not be read is logged. */
  readonly load: () => Promise<TrustState | undefined>;
  /** Resolves when the state survives a power cut, with the generation that it has become. @throws ReceiverError WRITE_FAILED */
  readonly save: (state: Omit<TrustState, "generation">) => Promise<TrustState>;
}

const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

const newerOf = (a: TrustState | undefined, b: TrustState | undefined): TrustState | undefined =>
  (b?.generation ?? -1) > (a?.generation ?? -1) ? b : a;

export const openTrustStore = (
  directory: DurableDirectory,
  log: (line: string) => void,
): TrustStore => {
  const readFile = async (
    file: string,
    say: (line: string) => void,
  ): Promise<TrustState | undefined> => {
    let spoilt: string;
    try {
      const bytes = await directory.read(file, MOST_STATE_BYTES);
      if (bytes === undefined) return undefined;
      const state = decodeState(bytes);
      if (typeof state !== "string") return state;
      spoilt = state;
    } catch (error) {
      spoilt = `cannot be read: ${why(error)}`;
    }
    say(`${file} in ${directory.name} ${spoilt}; going on without it`);
    return undefined;
  };
  const readBoth = async (
    say: (line: string) => void,
  ): Promise<readonly [TrustState | undefined, TrustState | undefined]> => [
    await readFile(FILES[0], say),
    await readFile(FILES[1], say),
  ];

  const writeOver = async (file: string, state: TrustState): Promise<void> => {
    await directory.writeSynced(NEW, encodeState(state));
    await directory.rename(NEW, file);
    await directory.syncDirectory();
  };

  const save = async (content: Omit<TrustState, "generation">): Promise<TrustState> => {
    // What is spoilt was said when it was loaded, and is written over now.
    const [first, second] = await readBoth(() => undefined);
    const generations = [first?.generation ?? -1, second?.generation ?? -1] as const;
    const newest = Math.max(...generations);
    const state = { ...content, generation: newest + 1 };
    const [older, newer] = generations[0] <= generations[1] ? FILES : [FILES[1], FILES[0]];
    await writeOver(older, state);
    const kept = generations[0] <= generations[1] ? second : first;
    if (sameBytes(kept?.root, state.root)) return state;
    const twice = { ...state, generation: state.generation + 1 };
    await writeOver(newer, twice);
    return twice;
  };

  return {
    load: async () => newerOf(...(await readBoth(log))),
    save: async (content) => {
      try {
        return await save(content);
      } catch (cause) {
        throw new ReceiverError(
          "WRITE_FAILED",
          `what was verified cannot be kept in ${directory.name}: ${why(cause)}`,
          { cause, hint: "make room on that file system, and check its disk" },
        );
      }
    },
  };
};
