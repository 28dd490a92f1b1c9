/** Two images' /etc, a node that runs the first one's under an overlay, and the command that carries it to the second. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { type PrivateMounts, privateMounts } from "./private-mounts.ts";
import { type Outcome, succeeded } from "./release.ts";

const COMMAND = path.resolve(import.meta.dirname, "../../packages/agent/src/main.ts");

/** Root hashes of the two releases. */
export const FIRST: string = "1".repeat(64);
export const SECOND: string = "2".repeat(64);

/** As the initrd mounts them. */
const OPTIONS = "index=off,metacopy=off,redirect_dir=off,xino=off";

export interface EtcStage extends AsyncDisposable {
  readonly mounts: PrivateMounts;
  /** Directories: the own /etc of two images, the running one, the one that the second release would run. */
  readonly first: string;
  readonly second: string;
  readonly live: string;
  readonly next: string;
  readonly state: string;
  /** Where `machine-id` is kept. */
  readonly kept: string;
  /** The command line of carrying forward, to be run with the node's mounts. */
  readonly carry: (...more: readonly string[]) => readonly [string, ...string[]];
  /** A shell script that must succeed; relative paths are below `directory`. */
  readonly script: (directory: string, text: string) => Promise<Outcome>;
  /** Mounts /etc of a release as its initrd would, on `live` or `next`. */
  readonly boot: (release: string, at: string) => Promise<void>;
  readonly unmount: (at: string) => Promise<void>;
  /** Names, kinds, owners, modes, targets, contents and extended attributes of a tree, a line each, sorted. */
  readonly picture: (directory: string) => Promise<string>;
}

/** @param scratch an empty directory of an ordinary file system */
export const etcStage = async (
  scratch: string,
  scripts: { readonly first: string; readonly second: string },
): Promise<EtcStage> => {
  const at = (name: string): string => path.join(scratch, name);
  const [first, second, live, next] = [at("first"), at("second"), at("live"), at("next")];
  const [kept, run] = [at("slipway"), at("run")];
  const state = path.join(kept, "etc");
  for (const directory of [first, second, live, next, state]) {
    mkdirSync(directory, { recursive: true });
  }
  const mounts = await privateMounts();
  const script = async (directory: string, text: string): Promise<Outcome> =>
    succeeded(await mounts.run(["sh", "-euc", `umask 022; cd "$1"; ${text}`, "sh", directory]));
  await script(first, scripts.first);
  await script(scratch, `cp --archive "${first}/." "${second}"`);
  await script(second, scripts.second);
  const boot: EtcStage["boot"] = async (release, point) => {
    const [upper, work] = [path.join(state, release, "upper"), path.join(state, release, "work")];
    await script(scratch, `mkdir -p "${upper}" "${work}"`);
    const layers = `lowerdir=${release === FIRST ? first : second},upperdir=${upper},workdir=${work},${OPTIONS}`;
    succeeded(await mounts.run(["mount", "-t", "overlay", "-o", layers, "overlay", point]));
  };
  await boot(FIRST, live);
  return {
    mounts,
    first,
    second,
    live,
    next,
    state,
    kept,
    carry: (...more) => [
      process.execPath,
      ...["--conditions=@slipway/source", COMMAND, "internal", "carry-etc"],
      ...["--old", first, "--live", live, "--new", second],
      ...["--state", state, "--run", run, "--from", FIRST, "--to", SECOND, ...more],
    ],
    script,
    boot,
    unmount: async (point) => {
      succeeded(await mounts.run(["umount", point]));
    },
    picture: async (directory) => (await script(directory, PICTURE)).stdout,
    [Symbol.asyncDispose]: () => mounts[Symbol.asyncDispose](),
  };
};

/** tar prints extended attributes and access lists by name and length, and there is no getfattr to be asked for. */
const PICTURE = `
{ find . ! -type s -printf '%p %y %m %U:%G %l\\n'
  find . -type f -exec sha256sum '{}' +
  tar --create --xattrs --xattrs-include='user.*' --acls . | tar --list --xattrs --acls --verbose --verbose |
    sed -n '/^[-dlp]/{s/.* \\.\\//.\\//;h};/^ *[xa]:/{G;s/\\n/ /;p}'
} | LC_ALL=C sort`;
