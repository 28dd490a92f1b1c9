/** A shown document as YAML, which reads as the same document again. */
import { escapeReferences } from "../variables/reference.ts";
import { plainKind, readBoolean } from "../yaml/scalar-value.ts";
import type { ShownValue } from "./shown-document.ts";

/** Whether a text needs no quotes, whoever reads it: words, paths, names. */
const isPlain = (text: string): boolean =>
  /^[A-Za-z/][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*$/.test(text) &&
  plainKind(text) === "text" &&
  readBoolean(text) === undefined;

/** JSON's quotes are YAML's, but for characters that YAML does not print. */
const inQuotes = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const inline = (text: string): string => (isPlain(text) ? text : inQuotes(text));

/** How a block says what becomes of its last line breaks; undefined where a text cannot be a block. */
const blockHeader = (text: string): "|" | "|-" | "|+" | undefined => {
  if (!text.includes("\n") || /^[ \n\t]|[^\P{Cc}\n\t]|[\u2028\u2029\ufeff]/u.test(text)) {
    return undefined;
  }
  if (!text.endsWith("\n")) return "|-";
  return text.endsWith("\n\n") ? "|+" : "|";
};

interface Emitter {
  readonly lines: string[];
  readonly withOrigin: boolean;
}

const comment = ({ withOrigin }: Emitter, { origin }: ShownValue): string =>
  withOrigin ? `  # ${origin}` : "";

/** `lead` is what stands before the value on its line, `indent` where lines below it begin. */
const emitScalar = (
  emitter: Emitter,
  lead: string,
  value: ShownValue & { readonly kind: "scalar" },
  indent: string,
): void => {
  const end = comment(emitter, value);
  if (value.spelling !== undefined || typeof value.value !== "string") {
    emitter.lines.push(`${lead}${value.spelling ?? String(value.value)}${end}`);
    return;
  }
  const text = escapeReferences(value.value);
  const header = blockHeader(text);
  if (header === undefined) {
    emitter.lines.push(`${lead}${inline(text)}${end}`);
    return;
  }
  emitter.lines.push(`${lead}${header}${end}`);
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  for (const line of body.split("\n")) emitter.lines.push(line === "" ? "" : `${indent}${line}`);
};

const emit = (emitter: Emitter, lead: string, value: ShownValue, indent: string): void => {
  switch (value.kind) {
    case "scalar":
      return emitScalar(emitter, `${lead} `, value, indent);
    case "list":
      if (value.items.length === 0) {
        emitter.lines.push(`${lead} []${comment(emitter, value)}`);
        return;
      }
      emitter.lines.push(lead);
      for (const item of value.items) emitItem(emitter, item, indent);
      return;
    case "mapping":
      if (value.entries.length === 0) {
        emitter.lines.push(`${lead} {}${comment(emitter, value)}`);
        return;
      }
      emitter.lines.push(lead);
      emitEntries(emitter, value.entries, indent, indent);
  }
};

const emitItem = (emitter: Emitter, item: ShownValue, indent: string): void => {
  if (item.kind === "mapping" && item.entries.length > 0) {
    emitEntries(emitter, item.entries, `${indent}- `, `${indent}  `);
    return;
  }
  emit(emitter, `${indent}-`, item, `${indent}  `);
};

/** The first entry may stand behind a dash. */
const emitEntries = (
  emitter: Emitter,
  entries: readonly (readonly [string, ShownValue])[],
  first: string,
  indent: string,
): void => {
  for (const [index, [name, value]] of entries.entries()) {
    emit(emitter, `${index === 0 ? first : indent}${inline(name)}:`, value, `${indent}  `);
  }
};

/** The document, with its last line break; with `withOrigin` every value has its place beside it. */
export const yamlText = (
  document: ShownValue,
  { withOrigin }: { readonly withOrigin: boolean },
): string => {
  const emitter: Emitter = { lines: [], withOrigin };
  if (document.kind === "mapping") emitEntries(emitter, document.entries, "", "");
  return emitter.lines.map((line) => `${line}\n`).join("");
};
