/** Having a lock that fits the definition, and all of its packages on this machine. */
import type { Clock } from "@slipway/host";
import type { Architecture, Config, ImageBlock } from "@slipway/ignition-config";
import { NO_ACCOUNTS } from "../accounts/pins.ts";
import type { StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import type { Mirrors } from "../tools/apt-sources.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { fetchDebs } from "./debs.ts";
import { readLock, writeLock } from "./file.ts";
import type { Environment } from "./http-get.ts";
import {
  type Lock,
  type LockedArchitecture,
  type LockedPackage,
  nextEpoch,
  packagesOf,
} from "./lock.ts";
import { packageRequest, recordedTools, requestDigest, saltOf } from "./request.ts";
import { remoteSources, sourceDrift } from "./remote-sources.ts";
import { resolvePackages } from "./resolve.ts";
import { fetchSources } from "./sources.ts";

export interface LockContext {
  readonly toolbox: Toolbox;
  readonly store: StepStore;
  readonly clock: Pick<Clock, "sleep">;
  readonly progress: Progress;
  readonly environment: Environment;
  readonly sources: () => Promise<{ mirrors: Mirrors; aptSettings: readonly string[] }>;
}

export interface LockRequest {
  readonly file: string;
  readonly image: ImageBlock;
  /** Whose remote sources are locked. */
  readonly config: Pick<Config, "storage">;
  readonly architectures: readonly Architecture[];
  /** Refuse whatever would change the lock. */
  readonly locked: boolean;
}

/** What in the lock no longer fits, as sentences. Empty: it can be used as it stands. Pure. */
export const lockDrift = (
  lock: Lock | undefined,
  { image, config, architectures }: Pick<LockRequest, "image" | "config" | "architectures">,
  tools: Readonly<Record<string, string>>,
): readonly string[] => {
  if (lock === undefined) return ["there is no lock"];
  const drift: string[] = [];
  if (lock.image !== image.name) drift.push(`it is of image ${lock.image}, not ${image.name}`);
  if (lock.version !== image.version) {
    drift.push(`its epoch is of version ${lock.version}, not ${image.version}`);
  }
  if (lock.image === image.name && lock.salt !== saltOf(image.name)) {
    drift.push(`its salt is not that of image ${image.name}`);
  }
  for (const architecture of architectures) {
    const locked = lock.architectures[architecture];
    if (locked === undefined) drift.push(`it has no packages for ${architecture}`);
    else if (locked.request !== requestDigest(packageRequest(image, architecture))) {
      const names = new Set(packagesOf(locked, "root").map((entry) => entry.name));
      const added = image.packages.filter((name) => !names.has(name));
      const which = added.length === 0 ? "" : `: the lock lacks ${added.join(", ")}`;
      drift.push(`the definition asks for other packages for ${architecture}${which}`);
    }
  }
  drift.push(...sourceDrift(lock.sources, remoteSources(config)));
  for (const name of new Set([...Object.keys(lock.tools), ...Object.keys(tools)])) {
    if (lock.tools[name] !== tools[name]) {
      drift.push(
        `${name} is ${tools[name] ?? "absent"}, the lock has ${lock.tools[name] ?? "none"}`,
      );
    }
  }
  return drift;
};

/** @throws ComposerError `LOCK_DRIFT`, `PACKAGE_VANISHED`, `SOURCE_CHANGED`, `SOURCE_FAILED`, and what resolving and fetching throw. */
export const ensureLock = async (context: LockContext, request: LockRequest): Promise<Lock> => {
  const { file, image, architectures } = request;
  const tools = recordedTools(context.toolbox.listing);
  const before = await readLock(file);
  const drift = lockDrift(before, request, tools);
  if (request.locked && drift.length > 0) {
    throw new ComposerError("LOCK_DRIFT", `${file} does not fit: ${drift.join("; ")}`, {
      hint: "build without --locked to bring it up to date, and look at the change before you keep it",
    });
  }
  let lock = before ?? emptyLock(image);
  const limitBytes = image.slotSizeMib * 1024 ** 2;
  // First, for it is quick, and what fails here fails for a reason in the definition.
  const sources = await fetchSources(context, lock.sources, {
    sources: remoteSources(request.config),
    limitBytes,
  });
  for (const architecture of architectures) {
    const locked = lock.architectures[architecture];
    if (locked?.request !== requestDigest(packageRequest(image, architecture))) {
      lock = await resolveInto(context, lock, image, architecture);
    }
  }
  lock = await fetchAll(context, request, lock);
  lock = {
    ...lock,
    image: image.name,
    version: image.version,
    epoch: nextEpoch(before, image.version, lock.snapshot),
    salt: saltOf(image.name),
    tools,
    sources,
  };
  // Not even in another form: whoever says `locked` keeps the file as it stands.
  if (!request.locked) await writeLock(file, lock);
  return lock;
};

const emptyLock = (image: ImageBlock): Lock => ({
  image: image.name,
  version: image.version,
  epoch: 0,
  snapshot: 0,
  salt: saltOf(image.name),
  tools: {},
  accounts: NO_ACCOUNTS,
  sources: [],
  architectures: {},
});

const resolveInto = (
  { toolbox, store, progress, sources }: LockContext,
  lock: Lock,
  image: ImageBlock,
  architecture: Architecture,
): Promise<Lock> =>
  progress.task(`resolve ${architecture}`, `packages of ${image.suite}`, async () => {
    const { mirrors, aptSettings } = await sources();
    await using scratch = await store.scratch("resolve");
    const request = packageRequest(image, architecture);
    const { packages, snapshot } = await resolvePackages(
      toolbox,
      request,
      mirrors,
      aptSettings,
      scratch.directory,
      progress.signal,
    );
    const locked: LockedArchitecture = { request: requestDigest(request), packages };
    return {
      ...lock,
      // Never back: an older mirror must not date what it installs before an earlier release.
      snapshot: Math.max(lock.snapshot, snapshot),
      architectures: { ...lock.architectures, [architecture]: locked },
    };
  });

/** Fetches every architecture's packages; one that the archive dropped leads to a new resolution, once. */
const fetchAll = async (
  context: LockContext,
  { architectures, locked, image, file }: LockRequest,
  start: Lock,
): Promise<Lock> => {
  let lock = start;
  for (const architecture of architectures) {
    const vanished = await fetchOne(context, lock, architecture);
    if (vanished.length === 0) continue;
    const names = vanished.map((entry) => `${entry.name} ${entry.version}`).join(", ");
    if (locked) {
      throw new ComposerError("PACKAGE_VANISHED", `${file}: the mirror no longer has ${names}`, {
        hint: "build without --locked to take the current versions, or use a mirror that keeps old ones",
      });
    }
    context.progress.warn(`the mirror no longer has ${names}: resolving ${architecture} anew`);
    lock = await resolveInto(context, lock, image, architecture);
    const still = await fetchOne(context, lock, architecture);
    if (still.length > 0) {
      throw new ComposerError(
        "PACKAGE_VANISHED",
        `the mirror's index names packages that it does not have: ${still.map((entry) => entry.name).join(", ")}`,
        { hint: "the mirror is being updated or is broken: try later or use another one" },
      );
    }
  }
  return lock;
};

const fetchOne = async (
  { toolbox, store, progress, sources }: LockContext,
  lock: Lock,
  architecture: Architecture,
): Promise<readonly LockedPackage[]> => {
  const packages = lock.architectures[architecture]?.packages ?? [];
  return progress.task(
    `packages ${architecture}`,
    `${packages.length} in the lock`,
    async (task) => {
      return fetchDebs(toolbox, store, packages, sources, task, progress.signal);
    },
  );
};
