/** The parts of a UKI that a comparison looks into. */
import {
  type ByteSource,
  FormatError,
  parseOsRelease,
  type PeSection,
  readRange,
  splitArguments,
  type Uki,
} from "@slipway/release";
import type { Extent } from "../inspect/erofs-inode.ts";

export interface UkiParts {
  readonly kernel: Extent;
  readonly initrd: Extent;
  /** The command lines of the profiles beside the base, by the profiles' ids. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
}

const LONGEST_TEXT = 64 * 1024;

/** UAPI.5: what stands before the first `.profile` is the base; each begins a profile that reaches to the next. */
export const readUkiParts = async (
  file: ByteSource,
  { sections, kernelArguments }: Pick<Uki, "sections" | "kernelArguments">,
): Promise<UkiParts> => {
  const starts = sections.flatMap(({ name }, index) => (name === ".profile" ? [index] : []));
  const base = sections.slice(0, starts[0]);
  const profiles = new Map<string, readonly string[]>();
  for (const [index, start] of starts.entries()) {
    const own = sections.slice(start, starts[index + 1]);
    const description = parseOsRelease((await textOf(file, own, ".profile")) ?? "");
    const line = await textOf(file, own, ".cmdline");
    profiles.set(
      description["ID"] ?? String(index),
      // Without a line of its own a profile takes the base's.
      line === undefined ? kernelArguments : splitArguments(line),
    );
  }
  return { kernel: extentOf(base, ".linux"), initrd: extentOf(base, ".initrd"), profiles };
};

const textOf = async (
  file: ByteSource,
  sections: readonly PeSection[],
  name: string,
): Promise<string | undefined> => {
  const section = sections.find((one) => one.name === name);
  if (section === undefined) return undefined;
  if (section.size > LONGEST_TEXT) {
    throw new FormatError("OUT_OF_RANGE", "UKI", `${name} has ${section.size} bytes of text`);
  }
  const bytes = await readRange(file, "UKI", name, section.offset, section.size);
  return new TextDecoder().decode(bytes).replace(/\0+$/, "");
};

/** Of no length where there is no such section. */
const extentOf = (sections: readonly PeSection[], name: string): Extent => {
  const section = sections.find((one) => one.name === name);
  return { offset: section?.offset ?? 0, length: section?.size ?? 0 };
};
