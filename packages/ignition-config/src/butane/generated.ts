/** Ignition's own rules, on what a document became and on configs within it. */
import { checkIgnition } from "../ignition/check.ts";
import { decode } from "../ignition/decode.ts";
import { MESSAGES } from "../ignition/rules/messages.ts";
import type { Minor } from "../ignition/schema/table.ts";
import { ignitionShapes } from "../ignition/schema/tables.ts";
import type { ConfigAt } from "../ignition/schema/types.ts";
import { findUnusedKeys } from "../ignition/unused-keys.ts";
import { parseJson } from "../json/parse-json.ts";
import type { Path } from "../report/finding.ts";
import type { Note, Notes } from "./note.ts";

/** True by construction: the shapes come from the tables from which the type is inferred. */
const isConfig = <M extends Minor>(value: object, _minor: M): value is ConfigAt<M> =>
  Object.hasOwn(value, "ignition");

/** A generated config as Ignition's code takes it. */
export const asConfig = <M extends Minor>(config: object, minor: M): ConfigAt<M> => {
  if (isConfig(config, minor)) return config;
  throw new Error("a generated config says its version");
};

/** What Ignition finds wrong with the generated config: what stands twice first, as Butane orders it. */
export const checkGenerated = (config: ConfigAt<Minor>, minor: Minor): readonly Note[] => {
  const notes = checkIgnition(config, minor);
  const isDuplicate = ({ message }: Note): boolean => message === MESSAGES.duplicate;
  return [...notes.filter(isDuplicate), ...notes.filter((note) => !isDuplicate(note))];
};

/**
 * Checks a config written into the document. Its notes have its own paths, as Butane gives them, although they are looked up
 * in the document around it. A config of another spec is not looked at.
 */
export const checkChildConfig = (text: string, path: Path, minor: Minor, notes: Notes): void => {
  const refuse = (message: string): void => {
    notes.error([], message);
    notes.error([...path, "inline"], MESSAGES.invalid);
  };
  const json = parseJson(new TextEncoder().encode(text));
  if ("error" in json) {
    refuse(json.error.message);
    return;
  }
  const shapeOf = ignitionShapes(minor);
  const decoded = decode(json.value, "Config", shapeOf, minor);
  if ("mismatch" in decoded) {
    refuse(decoded.mismatch.message);
    return;
  }
  const config = decoded.value;
  if (!isConfig(config, minor)) return;
  const found = checkIgnition(config, minor);
  if (found.some(({ message }) => message === MESSAGES.versionUnknown)) {
    notes.warning(
      [...path, "version"],
      "skipping validation for the merge/replace ignition config due to an unkown version",
    );
    return;
  }
  notes.add(found);
  for (const { entry, about } of findUnusedKeys(json.value, config, shapeOf, minor)) {
    const isKey = about === "key";
    const inner = isKey ? entry.path.slice(0, -1) : entry.path;
    notes.add([{ ...entry, path: inner, key: isKey ? String(entry.path.at(-1)) : undefined }]);
  }
};
