/** The part of the translation that only renames: fields that both languages have, and contents of single objects. */
import { type Context, type Route, step } from "./context.ts";
import { encodeContents, escapeContents } from "./data-url.ts";
import { isZero, type ListShape, type ObjectShape, type Shape } from "./shape.ts";
import { addTranslation } from "./translations.ts";
import { type Fields, isFields, isList, textAt, textsAt, type Value } from "./value.ts";

/** The base that takes keys and units from local files (fcos 1.5.0). */
const WITH_LOCAL_TEXTS = 4;

const decodeUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const setContents = (
  { translations, mayCompress }: Context,
  bytes: Uint8Array,
  into: Fields,
  { from, to }: Route,
): void => {
  const { source, compression } = encodeContents(bytes, textAt(into, "compression"), mayCompress);
  into["source"] = source;
  addTranslation(translations, from, [...to, "source"]);
  if (compression === undefined) return;
  into["compression"] = compression;
  addTranslation(translations, from, [...to, "compression"]);
};

const finishResource = (context: Context, resource: Fields, into: Fields, route: Route): void => {
  const { dialect, locals, sourceNotes, translations } = context;
  const local = textAt(resource, "local");
  if (local !== undefined) {
    const from = [...route.from, "local"];
    const read = locals.file(local);
    if (!read.ok) {
      sourceNotes.error(from, read.message);
      return;
    }
    setContents(context, read.bytes, into, { from, to: route.to });
  }
  const inline = textAt(resource, "inline");
  if (inline === undefined) return;
  const from = [...route.from, "inline"];
  const bytes = new TextEncoder().encode(inline);
  if (dialect.minor > 0) {
    setContents(context, bytes, into, { from, to: route.to });
  } else {
    into["source"] = escapeContents(bytes);
    addTranslation(translations, from, [...route.to, "source"]);
  }
};

/** `contents_local` of units and drop-ins. */
const finishUnit = (context: Context, unit: Fields, into: Fields, route: Route): void => {
  const local = textAt(unit, "contents_local") ?? "";
  if (local === "") return;
  const from = [...route.from, "contents_local"];
  const read = context.locals.file(local);
  if (!read.ok) {
    context.sourceNotes.error(from, read.message);
    return;
  }
  addTranslation(context.translations, from, [...route.to, "contents"]);
  into["contents"] = decodeUtf8(read.bytes);
};

/** `ssh_authorized_keys_local`: a key a line, empty lines dropped, after the keys in the document. */
const finishUser = (context: Context, user: Fields, into: Fields, route: Route): void => {
  const { locals, sourceNotes, translations } = context;
  const files = textsAt(user, "ssh_authorized_keys_local");
  if (files.length === 0) return;
  const from = [...route.from, "ssh_authorized_keys_local"];
  const to = [...route.to, "sshAuthorizedKeys"];
  addTranslation(translations, from, to);
  if (locals.refusal !== undefined) {
    sourceNotes.error(from, locals.refusal.message);
    return;
  }
  const keys = [...textsAt(into, "sshAuthorizedKeys")];
  for (const [index, file] of files.entries()) {
    const read = locals.file(file);
    if (!read.ok) {
      sourceNotes.error([...from, index], read.message);
      continue;
    }
    for (const line of decodeUtf8(read.bytes).split(/\r?\n/)) {
      if (line === "") continue;
      addTranslation(translations, [...from, index], [...to, keys.length]);
      keys.push(line);
    }
  }
  if (keys.length > 0) into["sshAuthorizedKeys"] = keys;
};

type Finish = (context: Context, fields: Fields, into: Fields, route: Route) => void;

/** What is to do for an object besides its fields. `since` is the first base that does it. */
const FINISHERS: ReadonlyMap<string, { readonly since: number; readonly finish?: Finish }> =
  new Map([
    ["Directory", { since: 0 }],
    ["File", { since: 0 }],
    ["Link", { since: 0 }],
    ["Ignition", { since: 0 }],
    ["Resource", { since: 0, finish: finishResource }],
    ["User", { since: WITH_LOCAL_TEXTS, finish: finishUser }],
    ["Unit", { since: WITH_LOCAL_TEXTS, finish: finishUnit }],
    ["Dropin", { since: WITH_LOCAL_TEXTS, finish: finishUnit }],
  ]);

/** The fields of an object under their names in the generated config. */
const translateObject = (
  context: Context,
  fields: Fields,
  shape: ObjectShape,
  route: Route,
): Fields => {
  const into: Fields = {};
  for (const { yaml, json, shape: fieldShape } of shape.fields) {
    if (yaml === undefined || json === undefined) continue;
    const value = translateValue(context, fields[yaml], fieldShape, step(route, yaml, json));
    if (value !== undefined) into[json] = value;
  }
  const finisher = FINISHERS.get(shape.name);
  const isFinished = finisher !== undefined && context.dialect.minor >= finisher.since;
  if (isFinished) finisher.finish?.(context, fields, into, route);
  // Objects that are finished one by one always have a place of their own, but for empty contents.
  const isEmpty = isZero(fields, { ...shape, nullable: false }, "yaml");
  if (!isEmpty || (isFinished && shape.name !== "Resource")) {
    addTranslation(context.translations, route.from, route.to);
  }
  return into;
};

const translateList = (
  context: Context,
  items: readonly Value[],
  shape: ListShape,
  route: Route,
): readonly Value[] => {
  const translated = items.map((item, index) =>
    translateValue(context, item, shape.item, step(route, index, index)),
  );
  addTranslation(context.translations, route.from, route.to);
  return translated.filter((item) => item !== undefined);
};

/** A value under its new names; where all of it comes from is noted in the context's translations. */
export const translateValue = (
  context: Context,
  value: Value | undefined,
  shape: Shape,
  route: Route,
): Value | undefined => {
  switch (shape.kind) {
    case "text":
    case "integer":
    case "flag":
      // What cannot be unset comes from its place in the document even if it is not there.
      if (value !== undefined || !shape.nullable) {
        addTranslation(context.translations, route.from, route.to);
      }
      return value;
    case "list":
      return isList(value) ? translateList(context, value, shape, route) : undefined;
    case "map":
      // No field that both languages have is a map.
      return undefined;
    case "object":
      break;
  }
  if (isFields(value)) return translateObject(context, value, shape, route);
  return shape.nullable ? undefined : translateObject(context, {}, shape, route);
};
