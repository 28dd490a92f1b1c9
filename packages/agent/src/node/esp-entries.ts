/** The UKIs on the ESP: what their names say, and what their command lines do. */
import path from "node:path/posix";
import { FormatError, readUki, type Uki } from "@slipway/release";
import { type EntryName, entryName, isTorn, parseEntryName, tornState } from "../esp/entry-name.ts";
import type { EspEntry, TornEntry } from "./facts.ts";
import type { HostReader } from "./host-reader.ts";
import { type RootArguments, rootArguments } from "./root-arguments.ts";

export interface EspFiles {
  readonly entries: readonly EspEntry[];
  readonly torn: readonly TornEntry[];
}

/** An ESP of ours has a handful; what is beyond is somebody else's, and each costs a few reads. */
const MOST_FILES = 128;

const NO_ROOT: RootArguments = { roothash: undefined, dataUuid: undefined, hashUuid: undefined };

/** @throws NodeError `UNREADABLE` */
export const readEspEntries = async (reader: HostReader, directory: string): Promise<EspFiles> => {
  const entries: EspEntry[] = [];
  const torn: TornEntry[] = [];
  for (const file of (await reader.list(directory)).slice(0, MOST_FILES)) {
    const { size, root, osRelease } = await readFile(reader, path.join(directory, file));
    const name = parseEntryName(file) ?? nameInside(file, root, osRelease);
    if (name !== undefined) entries.push({ file, name, size, ...root });
    if (isTorn(file) && root.roothash !== undefined) torn.push({ file, roothash: root.roothash });
  }
  return { entries, torn };
};

/** A torn name leads to a release as much as a whole one does: the loader goes by what is in the file, and so is it here. */
const nameInside = (
  file: string,
  { roothash }: RootArguments,
  osRelease: Uki["osRelease"],
): EntryName | undefined => {
  const state = tornState(file);
  const { IMAGE_ID: image, IMAGE_VERSION: version } = osRelease;
  if (state === undefined || roothash === undefined) return undefined;
  return image === undefined || version === undefined
    ? undefined
    : entryName({ image, version, roothash }, state);
};

const readFile = async (
  reader: HostReader,
  file: string,
): Promise<{
  readonly size: number;
  readonly root: RootArguments;
  readonly osRelease: Uki["osRelease"];
}> => {
  await using source = await reader.open(file);
  if (source === undefined) return { size: 0, root: NO_ROOT, osRelease: {} };
  try {
    const { kernelArguments, osRelease } = await readUki(source);
    return { size: source.size, root: rootArguments(kernelArguments), osRelease };
  } catch (error) {
    // Half a file, or none of ours.
    if (error instanceof FormatError) return { size: source.size, root: NO_ROOT, osRelease: {} };
    throw error;
  }
};
