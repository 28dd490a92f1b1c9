import {
  type ByteSource,
  type Image,
  type ImageFile,
  type PeSection,
  readPe,
} from "@slipway/release";
import { readCpio } from "../diff/read-cpio.ts";
import { cachedSource } from "../inspect/cached-source.ts";

/** FileAlignment of what ukify writes: sections begin at multiples of it. */
const ALIGNMENT_BYTES = 512;

/**
 * A UKI as a delta sees it: its sections, and in place of an initrd that is not compressed the files in that. Headers of
 * sections and of archives belong to none of them.
 * @throws FormatError when it is no EFI program, or an initrd in it is a broken archive.
 */
export const readUkiImage = async (bytes: ByteSource): Promise<Image> => {
  const { sections } = await readPe(bytes);
  const files: ImageFile[] = [];
  const counts = new Map<string, number>();
  for (const section of sections) {
    // A UKI with profiles has sections of one name; those of a profile are named by their order.
    const count = counts.get(section.name) ?? 0;
    counts.set(section.name, count + 1);
    const path = count === 0 ? section.name : `${section.name}/${count}`;
    files.push(...(await filesOfSection(bytes, section, path)));
  }
  return { bytes, blockSize: ALIGNMENT_BYTES, files };
};

const filesOfSection = async (
  bytes: ByteSource,
  { name, offset, size }: PeSection,
  path: string,
): Promise<readonly ImageFile[]> => {
  const whole = { offset, length: size };
  const members = name === ".initrd" ? await readCpio(cachedSource(bytes), whole) : undefined;
  if (members === undefined) return [{ path, extents: [whole] }];
  return [...members.values()].map((member) => ({
    path: `${path}/${member.path}`,
    extents: [member.data],
  }));
};
