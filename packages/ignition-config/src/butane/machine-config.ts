/** `variant: openshift`: an Ignition config wrapped in a MachineConfig, and what OpenShift makes of neither. */
import { parseGoUrl } from "../ignition/go/url.ts";
import { MESSAGES } from "../ignition/rules/messages.ts";
import type { Path } from "../report/finding.ts";
import type { Context } from "./context.ts";
import type { Traced } from "./merge.ts";
import type { Note, Notes } from "./note.ts";
import { addTranslation, mapTargets, type Translations } from "./translations.ts";
import { type Fields, isTrue, objectAt, objectsAt, textAt, textsAt } from "./value.ts";
import type { Dialect } from "./variants.ts";

/** Where the Ignition config stands in the machine config. */
const CONFIG_PATH: Path = ["spec", "config"];

const ROLE_LABEL = "machineconfiguration.openshift.io/role";
const CEX_ARGUMENT = "rd.luks.key=/etc/luks/cex.key";
const GRUB_FILE = "/boot/grub2/user.cfg";

/** The versions (4.N) that rules begin or end with. */
const FIRST_WITH_COMPRESSION = 10;
const FIRST_WITH_MODE_RULE = 10;
const FIRST_WITH_NONE_RULE = 14;
const FIRST_WITH_CEX_RULE = 19;
const LAST_WITH_FIPS_CIPHER = 19;
const FIRST_WITH_GRUB_CONTENTS = 23;

/** Whether contents may be compressed: not where the operator of OpenShift could not read them. */
export const mayCompressFor = ({ openshift }: Dialect): boolean =>
  openshift === undefined || openshift >= FIRST_WITH_COMPRESSION;

/** Of `metadata`. */
export const checkMetadata = (metadata: Fields, path: Path, _: Dialect, notes: Notes): void => {
  if ((textAt(metadata, "name") ?? "") === "") {
    notes.error([...path, "name"], "metadata.name is required");
  }
  if ((textAt(objectAt(metadata, "labels"), ROLE_LABEL) ?? "") === "") {
    notes.error([...path, "labels"], `${ROLE_LABEL} label is required`);
  }
};

/** Of `openshift`. */
export const checkOpenshift = (section: Fields, path: Path, _: Dialect, notes: Notes): void => {
  const type = textAt(section, "kernel_type") ?? "";
  if (["", "default", "realtime"].includes(type)) return;
  notes.error([...path, "kernel_type"], 'must be empty, "default", or "realtime"');
};

/** Of the whole document: the card's key needs an argument of the kernel. */
export const checkOpenshiftConfig = (root: Fields, { openshift }: Dialect, notes: Notes): void => {
  if (openshift === undefined || openshift < FIRST_WITH_CEX_RULE) return;
  const hasArgument = textsAt(objectAt(root, "openshift"), "kernel_arguments").includes(
    CEX_ARGUMENT,
  );
  if (hasArgument) return;
  const usesCex = (luks: Fields): boolean => isTrue(objectAt(luks, "cex"), "enabled");
  const volumes = objectsAt(objectAt(root, "storage"), "luks");
  const isRootCex = volumes.some((luks) => usesCex(luks) && textAt(luks, "name") === "root");
  const uses = [usesCex(objectAt(objectAt(root, "boot_device"), "luks")), isRootCex];
  for (const used of uses) {
    if (!used) continue;
    notes.error(
      ["openshift", "kernel_arguments"],
      `'${CEX_ARGUMENT}' must be set as kernel argument when CEX is enabled for the boot device`,
    );
  }
};

/** OpenShift cannot append to a file, so GRUB's users become a file's contents. */
const appendToContents = ({ config, translations }: Traced): void => {
  const files = objectsAt(objectAt(config, "storage"), "files");
  const index = files.findIndex((file) => textAt(file, "path") === GRUB_FILE);
  const file = files[index];
  if (file === undefined) return;
  const [only, ...others] = objectsAt(file, "append");
  // The author's own file has another number of parts.
  if (only === undefined || others.length > 0) return;
  file["contents"] = only;
  file["append"] = undefined;
  const path = ["storage", "files", index];
  for (const { from, to } of [...translations.pairs]) {
    const isInside = [...path, "append", 0].every((part, at) => to[at] === part);
    if (isInside) addTranslation(translations, from, [...path, "contents", ...to.slice(5)]);
  }
};

/** FIPS 140-2 forbids the usual mode of disk encryption. */
const addFipsCipher = ({ config, translations }: Traced): void => {
  const storage = objectAt(config, "storage");
  for (const [index, luks] of objectsAt(storage, "luks").entries()) {
    const options = textsAt(luks, "options");
    const isChosen = options.some(
      (option) => option === "-c" || option === "--cipher" || option.startsWith("--cipher="),
    );
    if (isChosen) continue;
    const path = ["storage", "luks", index, "options"];
    const from = ["openshift", "fips"];
    if (options.length === 0) addTranslation(translations, from, path);
    for (const added of [0, 1]) {
      addTranslation(translations, from, [...path, options.length + added]);
    }
    luks["options"] = [...options, "--cipher", "aes-cbc-essiv:sha256"];
  }
};

const checkFilesystems = (config: Fields, level: number, notes: Notes): void => {
  for (const [index, filesystem] of objectsAt(
    objectAt(config, "storage"),
    "filesystems",
  ).entries()) {
    const at = ["storage", "filesystems", index, "format"];
    const format = textAt(filesystem, "format");
    if (format === "btrfs") notes.error(at, "btrfs is not supported in this spec version");
    if (format === "none" && level >= FIRST_WITH_NONE_RULE) {
      notes.error(at, 'format "none" is not supported in this spec version');
    }
  }
};

const isForeignSource = (source: string | undefined): boolean => {
  const url = source === undefined ? undefined : parseGoUrl(source);
  return url !== undefined && url.scheme !== "data";
};

const checkFiles = (config: Fields, level: number, notes: Notes): void => {
  for (const [index, file] of objectsAt(objectAt(config, "storage"), "files").entries()) {
    const at = ["storage", "files", index];
    if (isForeignSource(textAt(objectAt(file, "contents"), "source"))) {
      notes.error(
        [...at, "contents", "source"],
        "file contents source must be data URL in this spec version",
      );
    }
    const mode = file["mode"];
    const isSpecial = typeof mode === "number" && (mode < 0 || mode > 0o777);
    if (isSpecial && level >= FIRST_WITH_MODE_RULE) {
      notes.error([...at, "mode"], "special mode bits are not supported in this spec version");
    }
  }
};

const checkUsers = (config: Fields, notes: Notes): void => {
  for (const [index, user] of objectsAt(objectAt(config, "passwd"), "users").entries()) {
    if (textAt(user, "name") === "core") continue;
    notes.error(
      ["passwd", "users", index, "name"],
      'users other than "core" are not supported in this spec version',
    );
  }
};

/** Changes the config to what OpenShift can take, and reports what it cannot, with the config's own paths. */
export const fitForOpenshift = (
  { dialect }: Context,
  root: Fields,
  traced: Traced,
  notes: Notes,
): void => {
  const level = dialect.openshift;
  if (level === undefined) return;
  if (level >= FIRST_WITH_GRUB_CONTENTS) appendToContents(traced);
  const isFips = isTrue(objectAt(root, "openshift"), "fips");
  if (isFips && level <= LAST_WITH_FIPS_CIPHER) addFipsCipher(traced);
  checkFilesystems(traced.config, level, notes);
  checkFiles(traced.config, level, notes);
  checkUsers(traced.config, notes);
};

/** Arguments and extensions that stand twice, by their places in the document. */
export const findRepeated = (root: Fields): readonly Note[] => {
  const section = objectAt(root, "openshift");
  return ["kernel_arguments", "extensions"].flatMap((field) => {
    const items = textsAt(section, field);
    const first = new Map(
      items.toReversed().map((item, index) => [item, items.length - 1 - index]),
    );
    return items.flatMap((item, index): readonly Note[] =>
      first.get(item) === index
        ? []
        : [{ kind: "error", path: ["openshift", field, index], message: MESSAGES.duplicate }],
    );
  });
};

/** Notes on the Ignition config as notes on the machine config around it. */
export const wrapNotes = (notes: readonly Note[]): readonly Note[] =>
  notes.map((note) => ({ ...note, path: [...CONFIG_PATH, ...note.path] }));

/** Where the parts of the machine config come from. */
export const wrapTranslations = (translations: Translations): Translations => {
  const wrapped = mapTargets(translations, (to) => [...CONFIG_PATH, ...to]);
  addTranslation(wrapped, ["version"], ["spec"]);
  addTranslation(wrapped, [], CONFIG_PATH);
  return wrapped;
};

/** The machine config around a finished Ignition config. */
export const wrapConfig = (root: Fields, config: Fields): Fields => {
  const section = objectAt(root, "openshift");
  const spec: Fields = { config };
  const optional = {
    kernelArguments: textsAt(section, "kernel_arguments"),
    extensions: textsAt(section, "extensions"),
  };
  for (const [name, items] of Object.entries(optional)) if (items.length > 0) spec[name] = items;
  if (section["fips"] !== undefined) spec["fips"] = section["fips"];
  if (section["kernel_type"] !== undefined) spec["kernelType"] = section["kernel_type"];
  const metadata = objectAt(root, "metadata");
  return {
    apiVersion: "machineconfiguration.openshift.io/v1",
    kind: "MachineConfig",
    metadata: { labels: objectAt(metadata, "labels"), name: textAt(metadata, "name") ?? "" },
    spec,
  };
};
