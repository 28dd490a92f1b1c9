/** What a node fetched, told apart by the files that it came from. Pure. */
import type { ReleaseManifest } from "@slipway/release";
import type { Way } from "./outcome.ts";
import type { Answer } from "./server.ts";

/** The formats of each way: frames are what an index points into. */
const FORMATS: Readonly<Record<Way, readonly string[]>> = {
  delta: ["delta-1"],
  index: ["index-1", "frames-1"],
  full: ["frames-1"],
};

/** The manifest of a release that offers nothing but one way. */
export const offering = (manifest: ReleaseManifest, way: Way): ReleaseManifest => ({
  ...manifest,
  transports: manifest.transports.filter(({ format }) => FORMATS[way].includes(format)),
});

export interface Fetched extends Readonly<Record<string, number>> {
  readonly root: number;
  /** Its index among it. */
  readonly uki: number;
  /** Of the root image. */
  readonly index: number;
}

/** @throws Error for a file that the manifest does not name. */
export const sortFetched = (manifest: ReleaseManifest, answers: readonly Answer[]): Fetched => {
  const sums = { root: 0, uki: 0, index: 0 };
  for (const { bytes, path } of answers) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const transport = manifest.transports.find(({ file }) => file.sha256 === name);
    if (transport === undefined) throw new Error(`a node fetched ${path}, which no manifest names`);
    sums[transport.of === "root" && transport.format === "index-1" ? "index" : transport.of] +=
      bytes;
  }
  return sums;
};
