/** /etc of the booted release becomes that of the staged one, on the disk, before anything boots it. */
import { mkdir, rmdir } from "node:fs/promises";
import path from "node:path/posix";
import type { Exec } from "@slipway/host";
import type { ReleaseManifest } from "@slipway/release";
import { carryForward } from "../etc/carry-forward.ts";
import type { EtcReport } from "../etc/report.ts";
import type { NodeView } from "../node/facts.ts";
import type { TaskContext } from "./context.ts";
import { mountNextRoot } from "./next-root.ts";

/** @throws TaskError, EtcError, HostError */
export const carryEtc = async (
  { exec, places }: Pick<TaskContext, "exec" | "places">,
  { facts, disk }: NodeView,
  manifest: ReleaseManifest,
): Promise<EtcReport> => {
  const [old, next] = [path.join(places.run, "old-root"), path.join(places.run, "next-root")];
  await using directories = new AsyncDisposableStack();
  for (const directory of [old, next]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    directories.defer(() => rmdir(directory));
  }
  directories.use(await bindRoot(exec, places.root, old));
  directories.use(await mountNextRoot(exec, manifest, disk.slots[facts.inactive.slot], next));
  return await carryForward(
    exec,
    {
      etc: { old: path.join(old, "etc"), node: places.etc, image: path.join(next, "etc") },
      stateDirectory: places.etcState,
      runDirectory: path.join(places.run, "carry-etc"),
    },
    { from: facts.booted.roothash, to: manifest.roothash },
  );
};

/** The booted image without what is mounted in it: its own /etc under the overlay. */
const bindRoot = async (exec: Exec, root: string, at: string): Promise<AsyncDisposable> => {
  const undo = async (): Promise<void> => {
    const mounted = await exec.run(
      { argv: ["mountpoint", "--quiet", at], purpose: "looking for a mount" },
      { accept: [0, 1, 32] },
    );
    if (mounted.exitCode === 0)
      await exec.run({ argv: ["umount", at], purpose: "unmounting the booted image" });
  };
  await undo();
  await exec.run({
    argv: ["mount", "--bind", root, at],
    purpose: "looking at the booted image",
  });
  return { [Symbol.asyncDispose]: undo };
};
