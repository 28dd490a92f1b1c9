/** A repository of small releases, published in this process by the composer's own functions. */
import path from "node:path";
import {
  collectGarbage,
  editRepository,
  type EditTargets,
  ensureRepository,
  type GcReport,
  initKeys,
  type Keyring,
  publish,
  type PublishOptions,
  type PublishReport,
  silentProgress,
  verifyRepository,
  type VerifyReport,
} from "@slipway/composer";
import { linuxExec } from "@slipway/host";
import { type ManualClock, manualClock } from "@slipway/host/testing";

export interface TestRepository {
  readonly repo: string;
  readonly keys: string;
  readonly keyring: Keyring;
  readonly clock: ManualClock;
  readonly publish: (
    directories: readonly string[],
    options?: Partial<PublishOptions>,
  ) => Promise<PublishReport>;
  readonly gc: (
    keep: number,
    options?: { graceSeconds?: number; dryRun?: boolean },
  ) => Promise<GcReport>;
  readonly verify: () => Promise<VerifyReport>;
}

/** To everybody at once. */
export const AT_ONCE: NonNullable<PublishOptions["channel"]>["policy"] = {
  waves: [{ share: 10_000, duration: 0, soak: 0 }],
  groups: new Map(),
};

export const stable = { name: "stable", policy: AT_ONCE } as const;

/** Makes keys and an empty repository below `directory`. */
export const makeRepository = async (
  directory: string,
  clock: ManualClock = manualClock(new Date("2026-06-01T00:00:00Z")),
): Promise<TestRepository> => {
  const [repo, keys] = [path.join(directory, "repo"), path.join(directory, "keys")];
  const wishes = {
    algorithm: "ed25519",
    images: ["base"],
    rootKeys: 1,
    rootThreshold: 1,
    external: [],
  } as const;
  const { keyring } = await initKeys(keys, wishes, { exec: linuxExec, environment: {}, clock });
  await ensureRepository(repo, keyring, clock);
  const edit: EditTargets = (decide) => editRepository(repo, keyring, decide, clock);
  let salts = 0;
  return {
    repo,
    keys,
    keyring,
    clock,
    publish: (directories, options = {}) =>
      publish({
        repo,
        directories,
        deltas: 3,
        from: [],
        acceptLostOffers: false,
        edit,
        clock,
        drawSalt: () => (salts += 1).toString(16).padStart(32, "0"),
        progress: silentProgress,
        ...options,
      }),
    gc: (keep, { graceSeconds = 0, dryRun = false } = {}) =>
      collectGarbage({ repo, keep, graceSeconds, dryRun, edit, clock, progress: silentProgress }),
    verify: () => verifyRepository({ repo, clock, progress: silentProgress }),
  };
};
