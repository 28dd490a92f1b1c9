import type { ByteSource } from "../delta/byte-source.ts";
import { readRange } from "./read-range.ts";
import { FormatError } from "./format-error.ts";
import { readPe } from "./pe.ts";
import type { PeFile, PeSection } from "./pe.ts";

/** A unified kernel image, as its sections describe it. */
export interface Uki extends PeFile {
  /** os-release(5) of the image, by name. */
  readonly osRelease: Readonly<Record<string, string>>;
  /** The kernel's command line, word by word. */
  readonly kernelArguments: readonly string[];
  /** What `uname -r` will say; undefined where the UKI does not. */
  readonly kernelRelease?: string;
}

const UKI = "UKI";

/** systemd-stub hands no longer a command line to the kernel; os-release is shorter. */
const MAX_TEXT_BYTES = 64 * 1024;

/** Reads a UKI (UAPI.5, "Unified Kernel Image"): its headers, and of its sections only the texts. */
export const readUki = async (file: ByteSource): Promise<Uki> => {
  const pe = await readPe(file);
  // What follows a .profile section is for that profile alone; the base profile comes first.
  const profile = pe.sections.findIndex(({ name }) => name === ".profile");
  const base = profile === -1 ? pe.sections : pe.sections.slice(0, profile);
  const text = async (name: string): Promise<string | undefined> => {
    const section = base.find((one) => one.name === name);
    return section === undefined ? undefined : readText(file, section);
  };
  if (!base.some(({ name }) => name === ".linux")) {
    throw new FormatError("NOT_THIS_FORMAT", UKI, "an EFI program without a kernel in it");
  }
  const kernelRelease = (await text(".uname"))?.trim();
  return {
    ...pe,
    osRelease: parseOsRelease((await text(".osrel")) ?? ""),
    kernelArguments: splitArguments((await text(".cmdline")) ?? ""),
    ...(kernelRelease === undefined || kernelRelease === "" ? {} : { kernelRelease }),
  };
};

const readText = async (file: ByteSource, section: PeSection): Promise<string> => {
  if (section.size > MAX_TEXT_BYTES) {
    throw new FormatError("OUT_OF_RANGE", UKI, `${section.name} has ${section.size} bytes of text`);
  }
  const bytes = await readRange(file, UKI, section.name, section.offset, section.size);
  return new TextDecoder().decode(bytes).replace(/\0+$/, "");
};

/** os-release(5): lines of NAME=VALUE, values quoted as in a shell. */
export const parseOsRelease = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const match = /^([A-Z][A-Z0-9_]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S*))\s*$/.exec(
        line.trim(),
      );
      const name = match?.[1];
      const quoted = match?.[2]?.replace(/\\(.)/g, "$1");
      return name === undefined ? [] : [[name, quoted ?? match?.[3] ?? match?.[4] ?? ""]];
    }),
  );

/** Words as the kernel separates them: by white space outside of double quotes. */
export const splitArguments = (line: string): readonly string[] =>
  line.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
