/** Debian's Ignition, applying a config to a directory, in a sandbox in which all else is read-only. */
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The name that the program is called by decides what it does. */
const PROGRAM = "/usr/lib/dracut/modules.d/30ignition/ignition";

export const hasIgnition = (): boolean => existsSync(PROGRAM);

export interface Applied {
  readonly isDone: boolean;
  /** Everything it said. */
  readonly log: string;
}

/** Applies files, directories, links and units to `root`, which lies below `scratch`. */
export const applyForReal = (scratch: string, root: string, config: string): Applied => {
  const program = join(scratch, "ignition-apply");
  if (!existsSync(program)) symlinkSync(PROGRAM, program);
  const file = join(scratch, "config.ign");
  writeFileSync(file, config);
  const { status, stderr, error } = spawnSync(
    "bwrap",
    [
      ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind", scratch, scratch],
      ...["--unshare-net", "--setenv", "container", "slipway", "--die-with-parent"],
      ...[program, "--root", root, "--offline", "--ignore-unsupported", file],
    ],
    { encoding: "utf8" },
  );
  if (error !== undefined) throw error;
  return { isDone: status === 0, log: stderr };
};
