/** Writing what was gathered for support. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import { AgentError } from "../errors.ts";
import { redact } from "./redact.ts";

/** Of one file; a journal's end says more than its beginning. */
export const MAX_FILE_CHARACTERS: number = 1024 * 1024;

/** The last characters of a text, from the beginning of a line. */
const bounded = (text: string): string => {
  if (text.length <= MAX_FILE_CHARACTERS) return text;
  const rest = text.slice(-MAX_FILE_CHARACTERS);
  return `(the beginning was left out)\n${rest.slice(rest.indexOf("\n") + 1)}`;
};

export interface Written {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Makes a directory and writes the files into it, for the caller alone; each is bounded, and every secret taken out first.
 * @throws AgentError `WRITE_FAILED` where the directory is there already, or cannot be made
 */
export const writeBundle = async (
  directory: string,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<readonly Written[]> => {
  try {
    await mkdir(path.dirname(directory), { recursive: true });
    await mkdir(directory, { mode: 0o700 });
  } catch (cause) {
    const isThere = errnoOf(cause) === "EEXIST";
    throw new AgentError("WRITE_FAILED", `${directory} cannot be made`, {
      cause,
      hint: isThere
        ? "it is there already: give another name with --out"
        : "choose a place that can be written to with --out, such as /var/tmp/support",
    });
  }
  const written: Written[] = [];
  for (const { name, text } of files) {
    const bytes = Buffer.from(redact(bounded(text)));
    await writeFile(path.join(directory, name), bytes, { mode: 0o600, flag: "wx" });
    written.push({ name, size: bytes.length });
  }
  return written;
};
