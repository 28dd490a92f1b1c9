/** A node that follows a test repository. */
import {
  openTrust,
  ReceiverError,
  type RepositorySource,
  type TrustedView,
} from "@slipway/receiver";
import { type CrashingDirectory, crashingDirectory, manualClock } from "@slipway/host/testing";
import { decodeState, type TrustState } from "../../src/trust/trust-state.ts";
import { NOW, ROOT_1 } from "../../../../test/support/signed-repository/sound.ts";
import { DAY } from "../../../../test/support/signed-repository/test-repository.ts";

export interface NodeOptions {
  /** Seconds since 1970. */
  readonly now?: number;
  readonly built?: number;
  readonly store?: CrashingDirectory;
  readonly initialRoot?: Uint8Array;
}

export interface TestNode {
  readonly store: CrashingDirectory;
  readonly lines: readonly string[];
  readonly refresh: (...sources: readonly RepositorySource[]) => Promise<TrustedView>;
}

/** Every refresh is that of an agent which was just started. */
export const testNode = (options: NodeOptions = {}): TestNode => {
  const store = options.store ?? crashingDirectory();
  const lines: string[] = [];
  const refresh = async (...sources: readonly RepositorySource[]): Promise<TrustedView> => {
    const trust = await openTrust({
      store,
      initialRoot: options.initialRoot ?? ROOT_1,
      sources,
      clock: manualClock(new Date((options.now ?? NOW + DAY / 2) * 1000)),
      buildDate: new Date((options.built ?? NOW - 30 * DAY) * 1000),
      log: (line) => lines.push(line),
    });
    return trust.refresh();
  };
  return { store, lines, refresh };
};

/** Everything that a view tells, as one text. */
export const tellingOf = async (view: TrustedView): Promise<string> => {
  const releases = await view.releases("base", "x86_64");
  const stable = await view.channel("base", "stable");
  const manifests = await Promise.all(releases.map((release) => view.manifest(release)));
  return JSON.stringify([view.timestampVersion, stable, releases, manifests]);
};

/** What a node that asks for everything makes of a repository: what it is told, or the refusal. */
export const outcomeOf = async (
  node: TestNode,
  ...sources: readonly RepositorySource[]
): Promise<string | ReceiverError> => {
  try {
    return await tellingOf(await node.refresh(...sources));
  } catch (error) {
    if (error instanceof ReceiverError) return error;
    throw error;
  }
};

/** What the newest generation in a store holds. */
export const keptState = (store: CrashingDirectory): TrustState | undefined =>
  [...store.now()]
    .filter(([name]) => name !== "trust.new")
    .map(([, bytes]) => decodeState(bytes))
    .filter((state) => typeof state !== "string")
    .toSorted((a, b) => b.generation - a.generation)[0];
