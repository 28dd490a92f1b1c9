/** `systemd.quadlets`: units of Podman, written as files and links. */
import { posix } from "node:path";
import type { Path } from "../report/finding.ts";
import type { Context } from "./context.ts";
import { encodeContents } from "./data-url.ts";
import { type NodeTracker, trackNodes, type Tracked } from "./node-tracker.ts";
import { templateOf } from "./quadlet-name.ts";
import { addCommonSource, addTranslation } from "./translations.ts";
import { type Fields, isTrue, objectAt, objectsAt, textAt } from "./value.ts";

const SYSTEM_DIRECTORY = "/etc/containers/systemd";
const USERS_DIRECTORY = "/etc/containers/systemd/users";

type Contents =
  | { readonly bytes: Uint8Array; readonly field: string | undefined }
  | { readonly message: string };

/** The text of a unit or drop-in; `field` says which of its fields it came from. */
const contentsOf = ({ locals }: Context, unit: Fields): Contents => {
  const inline = textAt(unit, "contents") ?? "";
  if (inline !== "") return { bytes: new TextEncoder().encode(inline), field: "contents" };
  const local = textAt(unit, "contents_local") ?? "";
  if (local === "") return { bytes: new Uint8Array(), field: undefined };
  const read = locals.file(local);
  return read.ok ? { bytes: read.bytes, field: "contents_local" } : { message: read.message };
};

interface Place {
  readonly context: Context;
  readonly tracker: NodeTracker;
  /** The quadlet or drop-in in the document. */
  readonly from: Path;
}

const addNode = (
  { context, tracker, from }: Place,
  list: "files" | "links",
  node: Fields,
): Tracked | undefined => {
  const { translations, shapes, sourceNotes } = context;
  if (tracker.has(textAt(node, "path") ?? "")) {
    sourceNotes.error(from, "matching filesystem node has existing contents or different type");
    return undefined;
  }
  const added = tracker.add(list, node);
  if (added.path.at(-1) === 0) addTranslation(translations, from, ["storage", list]);
  addCommonSource(translations, from, added.path, node, shapes(list === "files" ? "File" : "Link"));
  addTranslation(translations, [...from, "name"], [...added.path, "path"]);
  return added;
};

const addFile = (place: Place, unit: Fields, path: string): void => {
  const { context, from } = place;
  const { translations } = context;
  const added = addNode(place, "files", { path });
  if (added === undefined) return;
  const contents = contentsOf(context, unit);
  if ("message" in contents) {
    context.sourceNotes.error([...from, "contents_local"], contents.message);
    return;
  }
  const { source, compression } = encodeContents(contents.bytes, undefined, context.mayCompress);
  const written = contents.field === undefined ? [] : [...from, contents.field];
  added.node["contents"] = { source, compression };
  added.node["mode"] = 0o644;
  addTranslation(translations, written, [...added.path, "contents", "source"]);
  addTranslation(translations, from, [...added.path, "contents", "compression"]);
  addTranslation(translations, written, [...added.path, "contents"]);
  addTranslation(translations, from, [...added.path, "mode"]);
};

/** Adds the files and links of all quadlets to the config. */
export const addQuadlets = (context: Context, root: Fields, config: Fields): void => {
  const quadlets = objectsAt(objectAt(root, "systemd"), "quadlets");
  if (quadlets.length === 0) return;
  const tracker = trackNodes(config);
  const source = ["systemd", "quadlets"];
  addTranslation(context.translations, source, ["storage"]);
  for (const [index, quadlet] of quadlets.entries()) {
    const from = [...source, index];
    const name = textAt(quadlet, "name") ?? "";
    const directory = isTrue(quadlet, "rootful") ? SYSTEM_DIRECTORY : USERS_DIRECTORY;
    const path = posix.join(directory, name);
    const template = templateOf(name);
    const place = { context, tracker, from };
    if (template === undefined) addFile(place, quadlet, path);
    else addNode(place, "links", { path, target: template });
    for (const [number, dropin] of objectsAt(quadlet, "dropins").entries()) {
      const dropinPlace = { context, tracker, from: [...from, "dropins", number] };
      addFile(dropinPlace, dropin, `${path}.d/${textAt(dropin, "name") ?? ""}`);
    }
  }
};
