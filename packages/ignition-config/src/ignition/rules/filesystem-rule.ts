import { utf8Length } from "../../json/utf8.ts";
import type { Minor } from "../schema/table.ts";
import { labelTooLong, MESSAGES } from "./messages.ts";
import { pathProblem } from "./path-rule.ts";
import { isFilled, type Newest, type Rule } from "./rule.ts";

/** The formats, with the first spec that knows them. */
const FORMATS: ReadonlyMap<string, Minor> = new Map([
  ["ext4", 0],
  ["btrfs", 0],
  ["xfs", 0],
  ["swap", 0],
  ["vfat", 0],
  ["none", 3],
  ["virtiofs", 7],
]);

/** The longest labels in bytes. */
const LABEL_BYTES: ReadonlyMap<string, number> = new Map([
  ["ext4", 16],
  ["btrfs", 256],
  ["xfs", 12],
  ["swap", 15],
  ["vfat", 11],
]);

const MAX_TAG_BYTES = 36;

type Filesystem = Newest<"Filesystem">;

const isVirtual = ({ format }: Filesystem, minor: Minor): boolean =>
  minor === 7 && format === "virtiofs";

const deviceProblem = (value: Filesystem, minor: Minor): string | undefined => {
  const { device } = value;
  if (!isVirtual(value, minor)) return pathProblem(device);
  if (device === "") return MESSAGES.virtiofsDevice;
  return utf8Length(device) > MAX_TAG_BYTES ? MESSAGES.virtiofsTag : undefined;
};

const formatProblem = (value: Filesystem, minor: Minor): string | undefined => {
  const { format, path, label, uuid, wipeFilesystem, mountOptions = [], options = [] } = value;
  if (isFilled(format)) {
    const since = FORMATS.get(format);
    return since !== undefined && since <= minor ? undefined : MESSAGES.format;
  }
  const isUsed =
    [path, label, uuid].some(isFilled) ||
    wipeFilesystem === true ||
    mountOptions.length > 0 ||
    options.length > 0;
  return isUsed ? MESSAGES.formatMissing : undefined;
};

const labelProblem = ({ format, label }: Filesystem, minor: Minor): string | undefined => {
  if (!isFilled(label)) return undefined;
  if (!isFilled(format)) return MESSAGES.labelWithoutFormat;
  if (format === "virtiofs" && minor === 7) return MESSAGES.virtiofsLabel;
  const limit = LABEL_BYTES.get(format);
  return limit !== undefined && utf8Length(label) > limit ? labelTooLong(limit, format) : undefined;
};

/** The rule for a file system. */
export const filesystemRule: Rule<"Filesystem"> = (value, say, minor) => {
  say.error(["path"], isFilled(value.path) ? pathProblem(value.path) : undefined);
  say.error(["device"], deviceProblem(value, minor));
  say.error(["format"], formatProblem(value, minor));
  say.error(["label"], labelProblem(value, minor));
  if (!isVirtual(value, minor)) return;
  const { uuid, wipeFilesystem, options = [] } = value;
  say.error(["uuid"], isFilled(uuid) ? MESSAGES.virtiofsUuid : undefined);
  say.error(["wipeFilesystem"], wipeFilesystem === true ? MESSAGES.virtiofsWipe : undefined);
  say.error(["options"], options.length > 0 ? MESSAGES.virtiofsOptions : undefined);
};
