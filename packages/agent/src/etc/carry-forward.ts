/**
 * Carrying /etc forward: what the node has made of one release's /etc becomes the upper directory of the next one's.
 *
 * The new upper is written through a mounted overlay over the new image's /etc, so that the kernel itself makes the
 * whiteouts and opaque directories that the initrd's overlay will read.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Exec } from "@slipway/host";
import { errnoOf } from "@slipway/host";
import { EtcError } from "./errors.ts";
import { type Merge, mergeEtc } from "./merge.ts";
import { type EtcTree, firstDifference, showPath } from "./node.ts";
import {
  bindCommands,
  isMountablePath,
  mountOverlayCommand,
  mountsBelow,
  syncFileSystemCommand,
  unmountCommand,
} from "./mounts.ts";
import { type EtcReport, reportOf } from "./report.ts";
import { checkUnchanged, scanTree, unlessChanged } from "./scan.ts";
import { asMachineId, type EtcDirectories, readStates } from "./states.ts";
import { planWrites } from "./write-plan.ts";
import { writeSteps } from "./write-tree.ts";
import { withXattrs } from "./xattrs.ts";

export interface CarryOptions {
  /** Absolute. `old` and `image` are in the images themselves, `node` is the running system's merged /etc. */
  readonly etc: EtcDirectories;
  /** `/var/lib/slipway/etc`: an upper directory a release. `machine-id` beside it is the node's id for life. */
  readonly stateDirectory: string;
  /** For mount points and scratch files, on a file system in memory; made if missing. Of one run at a time. */
  readonly runDirectory: string;
}

/** Root hashes. */
export interface CarryReleases {
  /** The release that runs; its upper is never touched, so that going back finds /etc as it was. */
  readonly from: string;
  readonly to: string;
}

/** How often somebody may write to /etc while we read it. */
const ATTEMPTS = 5;

/** What carrying forward would do now; nothing on the disk changes. @throws EtcError, HostError */
export const planCarry = async (exec: Exec, options: CarryOptions): Promise<EtcReport> => {
  await using places = await preparePlaces(exec, options);
  return await stable(async () => {
    const states = await readStates(exec, places.etc, places);
    return reportOf(mergeEtc(states.input), states.input.trees, states.specials);
  });
};

/**
 * Writes the upper directory of the release `to` from the state of /etc now, in place of one that is there: what was
 * edited since it was made is in the new one. Interrupted at any point, it can be begun again, and begins anew.
 * @throws EtcError, HostError
 */
export const carryForward = async (
  exec: Exec,
  options: CarryOptions,
  { from, to }: CarryReleases,
): Promise<EtcReport> => {
  if (from === to) {
    throw new EtcError(
      "OWN_RELEASE",
      `the release that runs, ${from}, cannot take over its own /etc`,
      {
        hint: "carry it to the release in the other slot",
      },
    );
  }
  const finished = join(options.stateDirectory, to);
  const unfinished = `${finished}.new`;
  const replaced = `${finished}.old`;
  await using places = await preparePlaces(exec, options);
  // A run that ended between the two renames below had this one out of the way.
  if (existsSync(replaced) && !existsSync(finished)) renameSync(replaced, finished);
  for (const left of [unfinished, replaced]) rmSync(left, { recursive: true, force: true });
  const report = await onState(options.stateDirectory, async () => {
    try {
      return await stable(() => writeUpper(exec, places, unfinished));
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw error;
    }
  });
  // The order is what a power cut cannot harm. First all of the upper is on the disk, then it gets the name that the
  // initrd looks for, then that name is on the disk; only after we return does the loader learn of the new release. The
  // old name is gone for a moment when there was one, and nobody boots that release then: its slot is being replaced.
  await exec.run(syncFileSystemCommand(options.stateDirectory));
  const replaces = existsSync(finished);
  if (replaces) renameSync(finished, replaced);
  renameSync(unfinished, finished);
  syncDirectory(options.stateDirectory);
  if (replaces) {
    rmSync(replaced, { recursive: true });
    syncDirectory(options.stateDirectory);
  }
  return report;
};

interface Places extends AsyncDisposable {
  readonly etc: EtcDirectories;
  readonly merged: string;
  readonly scratch: string;
  readonly machineId: string | undefined;
}

/** Mounts of a run that was killed are undone first: nothing is removed while something is mounted in it. */
const preparePlaces = async (exec: Exec, options: CarryOptions): Promise<Places> => {
  for (const path of [
    ...[options.etc.old, options.etc.node, options.etc.image],
    options.stateDirectory,
    options.runDirectory,
  ]) {
    if (!isMountablePath(path)) {
      throw new EtcError("USAGE", `${path} cannot be named to mount`, {
        hint: "give an absolute path of letters, digits and . _ - + @ % = /",
      });
    }
  }
  const run = options.runDirectory;
  const [merged, node, scratch] = [join(run, "merged"), join(run, "node"), join(run, "scratch")];
  await unmountAll(exec, run);
  for (const point of [merged, node]) mkdirSync(point, { recursive: true, mode: 0o700 });
  const machineId = keptMachineId(join(dirname(options.stateDirectory), "machine-id"));
  const undo = async (): Promise<void> => {
    await unmountAll(exec, run);
    for (const point of [merged, node]) rmdirSync(point);
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    for (const command of bindCommands(options.etc.node, node)) await exec.run(command);
  } catch (error) {
    await undo();
    throw error;
  }
  return { etc: { ...options.etc, node }, merged, scratch, machineId, [Symbol.asyncDispose]: undo };
};

const unmountAll = async (exec: Exec, directory: string): Promise<void> => {
  for (const point of mountsBelow(readFileSync("/proc/self/mountinfo", "utf8"), directory)) {
    await exec.run(unmountCommand(point));
  }
};

const keptMachineId = (file: string): string | undefined =>
  existsSync(file) ? asMachineId(readFileSync(file, "latin1")) : undefined;

/** Again, while somebody writes to /etc as we read it. */
const stable = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const isChange = error instanceof EtcError && error.code === "KEEPS_CHANGING";
      if (!isChange || count === ATTEMPTS) throw error;
    }
  }
};

const writeUpper = async (exec: Exec, places: Places, unfinished: string): Promise<EtcReport> => {
  rmSync(unfinished, { recursive: true, force: true });
  const [upper, work] = [join(unfinished, "upper"), join(unfinished, "work")];
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  for (const directory of [upper, work]) mkdirSync(directory, { mode: 0o755 });
  const { etc, merged, scratch } = places;
  const { input, seen, specials } = await readStates(exec, etc, places);
  const merge = mergeEtc(input);
  await exec.run(mountOverlayCommand({ lower: etc.image, upper, work }, merged));
  try {
    const trees = { merged, node: etc.node, image: etc.image, scratchFile: `${scratch}.tar` };
    const steps = planWrites(merge.result, input.trees.image);
    await unlessChanged(seen, etc.node, () => writeSteps(exec, steps, trees));
    // Both are read again: what was written, and what it was written from.
    const { tree } = scanTree(merged);
    checkUnchanged(seen, etc.node);
    checkWritten(merge, await withXattrs(exec, tree, { directory: merged, scratch }));
  } finally {
    await exec.run(unmountCommand(merged));
  }
  return reportOf(merge, input.trees, specials);
};

const checkWritten = (merge: Merge, written: EtcTree): void => {
  const planned = new Map([...merge.result].map(([path, { node }]) => [path, node]));
  const wrong = firstDifference(planned, written);
  if (wrong === undefined) return;
  throw new EtcError(
    "NOT_AS_PLANNED",
    `${showPath(wrong)} of the new release is not what was written`,
    {
      hint: "look at the kernel's messages for errors of the disk under /var",
    },
  );
};

/** What the disk under the state directory refuses, said once. */
const onState = async <T>(stateDirectory: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno !== "ENOSPC" && errno !== "EDQUOT" && errno !== "EROFS" && errno !== "EIO")
      throw cause;
    throw new EtcError(
      "STATE_UNUSABLE",
      `cannot write /etc of the new release in ${stateDirectory}: ${errno}`,
      {
        cause,
        hint:
          errno === "ENOSPC" || errno === "EDQUOT"
            ? "make room on it"
            : "look at the kernel's messages for errors of its disk",
      },
    );
  }
};

const syncDirectory = (path: string): void => {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};
