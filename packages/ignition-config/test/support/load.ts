import assert from "node:assert/strict";
import {
  type DefinitionIo,
  type ImageDefinition,
  type Loaded,
  loadDefinition,
} from "@slipway/ignition-config";

/** The shortest definition that is complete: three lines, so that what follows begins in line 4. */
export const HEAD = "variant: slipway\nversion: 1.0.0\nimage: { name: a, version: 1 }\n";

/** The first lines of a document that is included. */
export const PART = "variant: slipway\nversion: 1.0.0\n";

/** Documents by name; local files exist exactly when they are among `files`. */
export const memoryIo = (
  documents: Readonly<Record<string, string | Uint8Array>>,
  files: readonly string[] = [],
): DefinitionIo => ({
  read: async (path) => {
    const content = documents[path];
    if (content === undefined) return { ok: false, reason: "missing", detail: "" };
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { ok: true, bytes };
  },
  kind: async (path) => (files.includes(path) ? "file" : "missing"),
});

/** Loads `main.yaml`, whose text may stand for all documents. */
export const load = async (
  documents: string | Uint8Array | Readonly<Record<string, string | Uint8Array>>,
  files: readonly string[] = [],
): Promise<Loaded> => {
  const isText = typeof documents === "string" || documents instanceof Uint8Array;
  return loadDefinition(
    "main.yaml",
    memoryIo(isText ? { "main.yaml": documents } : documents, files),
  );
};

/** `line:column rule`, with the file before it where it is not `main.yaml`. */
export const briefly = ({ report }: Loaded): readonly string[] =>
  report.findings.map(({ rule, range }) => {
    if (range === undefined) return rule;
    const file = range.file === "main.yaml" ? "" : `${range.file}:`;
    return `${file}${range.start.line}:${range.start.column} ${rule}`;
  });

/** The definition of documents that must be without any finding. */
export const define = async (...args: Parameters<typeof load>): Promise<ImageDefinition> => {
  const loaded = await load(...args);
  assert.deepEqual(loaded.report.findings, []);
  assert.ok(loaded.definition);
  return loaded.definition;
};
