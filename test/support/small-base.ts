/**
 * The base image for one architecture and with small slots: its packages are those of `images/base.yaml`, so that their
 * tree is shared, and its disk is soon written.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const BASE = path.resolve(import.meta.dirname, "../../images/base.yaml");

export interface SmallBase {
  /** Lines for the block `image`, indented by two. */
  readonly image?: string;
  /** Contents of a file of the config: what differs from release to release. */
  readonly round?: string;
  /** Further lines for the list `storage.files`, indented by four. */
  readonly files?: string;
  /** Of slot A and of slot B. */
  readonly slotMib?: number;
  /** The lock's text; without it there is none. */
  readonly lock?: string;
}

/** Writes the definition, and what it includes, into `directory`. Returns its file. */
export const writeSmallBase = (directory: string, with_: SmallBase = {}): string => {
  const { image = "", round = "one", files = "", slotMib = 512, lock } = with_;
  mkdirSync(directory, { recursive: true });
  copyFileSync(BASE, path.join(directory, "base.yaml"));
  const file = path.join(directory, "small.yaml");
  writeFileSync(
    file,
    `variant: slipway
version: 1.0.0
include: [base.yaml]
image:
  architectures: [x86_64]
  slot_size_mib: ${slotMib}
${image}storage:
  files:
    - path: /etc/round
      contents:
        inline: ${round}
${files}`,
  );
  if (lock !== undefined) writeFileSync(path.join(directory, "small.lock.json"), lock);
  return file;
};

/** Where its release goes below the output directory. */
export const RELEASE = path.join("base", "1", "x86_64");

/** The lock beside a definition. */
export const lockOf = (definition: string): string => definition.replace(/\.yaml$/, ".lock.json");
