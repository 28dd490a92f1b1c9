/** A checked document to an Ignition config with all sugar spelled out, and where each part of it comes from. */
import { versionOf } from "../ignition/schema/versions.ts";
import { addBootDevice } from "./boot-device.ts";
import { checkBootDisk } from "./boot-disk.ts";
import type { Context } from "./context.ts";
import { addGrubUsers } from "./grub.ts";
import type { Traced } from "./merge.ts";
import { addMountUnits } from "./mount-units.ts";
import { addQuadlets } from "./quadlets.ts";
import { translateValue } from "./translate-fields.ts";
import { addTranslation } from "./translations.ts";
import { addTrees } from "./trees.ts";
import {
  type Fields,
  isFields,
  isList,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
  type Value,
} from "./value.ts";

/** Undefined after an error, which is among the notes. */
export const translateConfig = (context: Context, root: Fields): Traced | undefined => {
  const { dialect, shapes, translations, sourceNotes } = context;
  const translated = translateValue(context, root, shapes("Config"), { from: [], to: [] });
  const config: Fields = isFields(translated) ? translated : {};
  config["ignition"] = { ...objectAt(config, "ignition"), version: versionOf(dialect.minor) };
  addTranslation(translations, ["version"], ["ignition", "version"]);

  const mounted = addMountUnits(context, root, { config, translations });
  // From here on, what is added comes after what the merge has sorted out.
  const inner = { ...context, translations: mounted.translations };
  addTrees(inner, root, mounted.config);
  addQuadlets(inner, root, mounted.config);
  if (sourceNotes.isFatal) return undefined;

  const { sections } = dialect;
  const booted = sections.includes("bootDevice") ? addBootDevice(inner, root, mounted) : mounted;
  checkBootDisk(context, booted.config);
  return sections.includes("grub") ? addGrubUsers(context, root, booted) : booted;
};

/** The local paths that a document names. */
export interface LocalPaths {
  readonly files: readonly string[];
  readonly trees: readonly string[];
}

const collect = (value: Value | undefined, files: string[]): void => {
  if (isList(value)) {
    for (const item of value) collect(item, files);
  } else if (isFields(value)) {
    for (const [name, field] of Object.entries(value)) {
      if ((name === "local" || name === "contents_local") && typeof field === "string") {
        files.push(field);
      } else if (name === "ssh_authorized_keys_local") {
        files.push(...textsAt(value, name));
      } else if (name !== "trees") collect(field, files);
    }
  }
};

/** All that has to be read before the document can be translated. */
export const localPaths = (root: Fields): LocalPaths => {
  const files: string[] = [];
  collect(root, files);
  const trees = objectsAt(objectAt(root, "storage"), "trees");
  return { files, trees: trees.map((tree) => textAt(tree, "local") ?? "") };
};
