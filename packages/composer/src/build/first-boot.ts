/**
 * What no image can have (disks, arrays, encrypted volumes, file systems) goes with the release all the same: as an Ignition
 * config in its verified root, where a node's first boot finds it. For root alone, since it may hold keys of volumes.
 */
import type { ImageDefinition } from "@slipway/ignition-config";
import type { RootDirectory } from "../bake/root-directory.ts";
import { digestOf, type StepInputs } from "../cache/key.ts";
import { writeTreeFile } from "../contract/tree-files.ts";

const FIRST_BOOT_FILE = "/usr/lib/slipway/first-boot.ign";

type FirstBoot = Pick<ImageDefinition, "firstBoot">;

const textOf = ({ firstBoot }: FirstBoot): string | undefined =>
  firstBoot === undefined ? undefined : `${JSON.stringify(firstBoot.config, undefined, 2)}\n`;

/** The part that it has in a root's identity: none where there is no such config. */
export const firstBootInputs = (definition: FirstBoot): StepInputs => {
  const text = textOf(definition);
  return text === undefined ? {} : { "first boot": digestOf(text) };
};

export const writeFirstBoot = (root: RootDirectory, definition: FirstBoot): void => {
  const text = textOf(definition);
  if (text !== undefined) writeTreeFile(root, FIRST_BOOT_FILE, text, 0o600);
};
