/** Puts the agent into a root's tree. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Architecture, ImageBlock } from "@slipway/ignition-config";
import { bringFile } from "../bake/bring-file.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import type { Agent } from "../build/agent-step.ts";
import { writeTreeFile } from "../contract/tree-files.ts";
import type { Lock } from "../lock/lock.ts";
import {
  AGENT_DIRECTORY,
  AGENT_FILES,
  RELEASE_FILE,
  SETTINGS_FILE,
  TRUST_FILE,
} from "./agent-paths.ts";
import { releaseText } from "./image-files.ts";
import type { ImageUpdate } from "./image-update.ts";

/** What the root says of itself and of updates, beside the agent. */
export interface AboutRelease {
  readonly image: Pick<ImageBlock, "name" | "version">;
  readonly architecture: Architecture;
  readonly lock: Pick<Lock, "epoch">;
  readonly update: ImageUpdate;
}

export const placeAgent = (
  root: RootDirectory,
  { bundle, node }: Agent,
  about: AboutRelease,
): void => {
  bringFile(root, path.join(node.directory, "node"), AGENT_FILES.node, 0o755);
  for (const name of bundle.program)
    writeTreeFile(
      root,
      `${AGENT_DIRECTORY}/${name}`,
      readFileSync(path.join(bundle.directory, name), "utf8"),
    );
  const licences = [
    readFileSync(bundle.licences, "utf8"),
    `Node.js ${node.package.version}\n\n`,
    readFileSync(path.join(node.directory, "LICENSE"), "utf8"),
  ];
  writeTreeFile(root, AGENT_FILES.licences, licences.join(""));
  const { image, architecture, lock, update } = about;
  writeTreeFile(
    root,
    RELEASE_FILE,
    releaseText({
      image: image.name,
      version: image.version,
      architecture,
      agent: bundle.version,
      epoch: lock.epoch,
    }),
  );
  if (update.settings !== undefined) writeTreeFile(root, SETTINGS_FILE, update.settings);
  if (update.trust !== undefined) writeTreeFile(root, TRUST_FILE, update.trust);
};
