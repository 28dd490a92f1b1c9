/** What the boot loader tells in variables of the firmware: the Boot Loader Interface of systemd. They are of this boot alone. */
import { NodeError } from "./errors.ts";
import { type HostReader, textOf } from "./host-reader.ts";

export interface LoaderFacts {
  /** The loader's id of the entry that it started; undefined where no such loader did. */
  readonly selected: string | undefined;
  /** The name that it gave the entry's file in `EFI/Linux` when it counted this boot; undefined where it did not count. */
  readonly counted: string | undefined;
  /** UUID of the partition that the loader is on, in lower case. */
  readonly partition: string | undefined;
  /** Who told the loader to boot an entry by name. */
  readonly overrides: readonly string[];
}

const VARIABLES = "/sys/firmware/efi/efivars";
const LOADER_GUID = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

/** In front of a variable's value, as Linux shows it. */
const ATTRIBUTE_BYTES = 4;
const MOST_BYTES = 4096;
const MOST_CONF_BYTES = 64 * 1024;
const MOST_OVERRIDES = 8;

/** The loader obeys each of these before it looks at tries and versions. */
const CHOICES = ["LoaderEntryOneShot", "LoaderEntryDefault", "LoaderEntryPreferred"] as const;
const LOADER_CONF = "/efi/loader/loader.conf";

const ENTRIES = /^\\EFI\\Linux\\([^\\/]+)$/i;

export const readLoader = async (reader: HostReader): Promise<LoaderFacts> => {
  const countPath = await readVariable(reader, "LoaderBootCountPath");
  const partition = await readVariable(reader, "LoaderDevicePartUUID");
  return {
    selected: await readVariable(reader, "LoaderEntrySelected"),
    counted: ENTRIES.exec(countPath ?? "")?.[1],
    partition: partition?.toLowerCase(),
    overrides: await readOverrides(reader),
  };
};

/** The program of the loader that firmware started, as a path on its partition with backslashes; nothing where no loader says. */
export const readStartedLoader = (reader: HostReader): Promise<string | undefined> =>
  readVariable(reader, "LoaderImageIdentifier");

const readOverrides = async (reader: HostReader): Promise<readonly string[]> => {
  const overrides: string[] = [];
  for (const name of CHOICES) {
    const value = await readVariable(reader, name);
    if (value !== undefined && value !== "")
      overrides.push(`the firmware's variable ${name} says ${JSON.stringify(value.slice(0, 80))}`);
  }
  const conf = (await textOf(reader, LOADER_CONF, MOST_CONF_BYTES)) ?? "";
  for (const line of conf.split("\n"))
    if (/^\s*(?:default|preferred)\s/.test(line))
      overrides.push(`${LOADER_CONF} says ${JSON.stringify(line.trim().slice(0, 80))}`);
  return overrides.slice(0, MOST_OVERRIDES);
};

const readVariable = async (reader: HostReader, name: string): Promise<string | undefined> => {
  const file = `${VARIABLES}/${name}-${LOADER_GUID}`;
  const bytes = await reader.bytes(file, MOST_BYTES);
  if (bytes === undefined) return undefined;
  const text = decodeVariable(bytes);
  if (text !== undefined) return text;
  throw new NodeError("UNREADABLE", `${file} holds no text`, {
    hint: "the firmware has spoilt it: restart the machine",
  });
};

/** The text of a variable: UTF-16 behind four bytes of attributes, with a NUL at its end. */
export const decodeVariable = (bytes: Uint8Array): string | undefined => {
  if (bytes.length < ATTRIBUTE_BYTES || bytes.length % 2 !== 0) return undefined;
  const text = Buffer.from(bytes).subarray(ATTRIBUTE_BYTES).toString("utf16le");
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
};
