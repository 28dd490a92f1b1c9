/** Files of values: one mapping of names to values each. */
import type { DefinitionIo } from "../io.ts";
import type { Sink } from "../report/notes.ts";
import { decodeText } from "../text/decode-text.ts";
import type { SourceText } from "../text/source-text.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { entriesOf, isNull, type YamlEntry } from "../yaml/yaml-node.ts";
import type { GivenValue } from "./settle-variables.ts";

/** The largest file of values, in bytes. */
export const MAX_VALUES_BYTES: number = 1024 * 1024;

const UNREADABLE = {
  missing: "does not exist",
  "too-large": `is larger than ${MAX_VALUES_BYTES} bytes`,
  directory: "is a directory",
  denied: "may not be read",
  failed: "cannot be read",
} as const;

const MAPPING_HINT = "write one `NAME: VALUE` a line";

const readValue = ({ key, value }: YamlEntry, sink: Sink): readonly GivenValue[] => {
  if (value.kind === "broken") return [];
  if (value.kind === "scalar" && !isNull(value)) {
    return [{ name: key.text, nameAt: key.at, scalar: value }];
  }
  const isScalar = value.kind === "scalar";
  sink({
    violation: {
      rule: isScalar ? "missing-value" : "wrong-type",
      message: isScalar
        ? `"${key.text}" has no value`
        : `expected one value, found a ${value.kind}`,
      hint: "give a text, a number, true or false",
    },
    path: [key.text],
    at: value.at,
  });
  return [];
};

const valuesOf = (source: SourceText, sink: Sink): readonly GivenValue[] => {
  const root = parseYaml(source, (note) => {
    // Nothing in it is nothing given.
    if (note.violation.rule !== "empty-document") sink(note);
  });
  if (root === undefined) return [];
  if (root.kind !== "mapping") {
    sink({
      violation: {
        rule: "wrong-type",
        message: `expected a mapping of names to values, found a ${root.kind}`,
        hint: MAPPING_HINT,
      },
      path: [],
      at: root.at,
    });
  }
  return entriesOf(root).flatMap((entry) => readValue(entry, sink));
};

/** What the files give, in order, and the text of each that could be decoded. Rejects only if `io` does. */
export const readValueFiles = async (
  files: readonly string[],
  io: DefinitionIo,
  sink: Sink,
): Promise<{
  readonly given: readonly GivenValue[];
  readonly texts: ReadonlyMap<string, string>;
}> => {
  const given: GivenValue[] = [];
  const texts = new Map<string, string>();
  for (const file of files) {
    const result = await io.read(file, MAX_VALUES_BYTES);
    if (!result.ok || result.bytes.length > MAX_VALUES_BYTES) {
      const reason = result.ok || result.reason === "too-large" ? "too-large" : result.reason;
      sink({
        violation: {
          rule:
            reason === "missing"
              ? "missing-file"
              : reason === "too-large"
                ? "too-large"
                : "unreadable-file",
          message: `${file}, the file of a --var-file, ${UNREADABLE[reason]}`,
          hint:
            reason === "too-large"
              ? "keep large contents in files of their own"
              : "check the name after --var-file",
        },
        path: [],
      });
      continue;
    }
    const decoded = decodeText(file, result.bytes);
    texts.set(file, decoded.source.text);
    if (decoded.ok) {
      given.push(...valuesOf(decoded.source, sink));
      continue;
    }
    const at = { source: decoded.source, start: decoded.offset, end: decoded.offset + 1 };
    sink({ violation: decoded.violation, path: [], at });
  }
  return { given, texts };
};
