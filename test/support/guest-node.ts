/** Node.js and our sources on a disk of their own, for guests whose image has neither. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { linuxExec } from "@slipway/host";
import { findToolbox } from "@slipway/composer/testing";
import { CACHE, run, succeeded } from "./release.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** Those of this machine's libraries that Node needs and the base image has not. */
const LIBRARIES = /^\s*(lib(?:atomic|stdc\+\+|gcc_s)\.so\.\d+) => (\/\S+)/gm;

/** Writes an EROFS image with Node and these packages of ours; works in `directory`. Returns the file. */
export const guestNodeDisk = async (
  directory: string,
  packages: readonly string[],
): Promise<string> => {
  const tree = path.join(directory, "guest-node");
  for (const folder of ["lib", "node_modules/@slipway"]) {
    mkdirSync(path.join(tree, folder), { recursive: true });
  }
  copyFileSync(process.execPath, path.join(tree, "node"));
  chmodSync(path.join(tree, "node"), 0o755);
  const { stdout } = succeeded(await run(["ldd", process.execPath]));
  for (const [, name = "", file = ""] of stdout.matchAll(LIBRARIES)) {
    copyFileSync(file, path.join(tree, "lib", name));
  }
  for (const name of packages) {
    const home = path.join(REPOSITORY, "packages", name);
    cpSync(path.join(home, "src"), path.join(tree, "packages", name, "src"), { recursive: true });
    copyFileSync(
      path.join(home, "package.json"),
      path.join(tree, "packages", name, "package.json"),
    );
    symlinkSync(`../../packages/${name}`, path.join(tree, "node_modules/@slipway", name));
  }
  const toolbox = await findToolbox(linuxExec, CACHE, "compose");
  if (toolbox === undefined) throw new Error("the tools tree is not there: build something first");
  const file = path.join(directory, "guest-node.raw");
  await toolbox.run(
    { argv: ["mkfs.erofs", "--quiet", file, tree], purpose: "making a disk with Node" },
    { writable: [directory] },
  );
  return file;
};

/** The command line in the guest that runs a source of ours from the disk mounted at `mounted`. */
export const guestNode = (mounted: string, source: string): string =>
  `LD_LIBRARY_PATH=${mounted}/lib ${mounted}/node --conditions=@slipway/source ${mounted}/packages/${source}`;

/** The root hash of a release. */
export const rootHashOf = (release: string): string => {
  const manifest: unknown = JSON.parse(readFileSync(path.join(release, "manifest.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "roothash" in manifest) {
    if (typeof manifest.roothash === "string") return manifest.roothash;
  }
  throw new TypeError(`${release} has no root hash`);
};
