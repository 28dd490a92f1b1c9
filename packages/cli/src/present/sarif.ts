/** Findings as SARIF 2.1.0, which code hosts and editors show in the lines that they are about. Pure. */
import type { Finding, Level } from "@slipway/ignition-config";
import type { CheckedFile } from "./findings.ts";

type Rules = Readonly<Record<string, { readonly level: Level; readonly summary: string }>>;

const LEVELS: Readonly<Record<Level, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/** A path as a relative or absolute URI reference. */
const uriOf = (file: string): string => {
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? `file://${encoded}` : encoded;
};

/** Columns count code units here, ours count bytes: the line itself is needed to translate them. */
const lineOf = (text: string, line: number): string => text.split("\n", line)[line - 1] ?? "";

const columnOf = (line: string, byteColumn: number): number =>
  new TextDecoder().decode(new TextEncoder().encode(line).subarray(0, byteColumn - 1)).length + 1;

type Texts = ReadonlyMap<string, string>;

const locationOf = (file: string, { range }: Finding, texts: Texts): unknown => {
  if (range === undefined) return { physicalLocation: { artifactLocation: { uri: uriOf(file) } } };
  const text = texts.get(range.file) ?? "";
  const place = ({ line, column }: { readonly line: number; readonly column: number }) =>
    columnOf(lineOf(text, line), column);
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(range.file) },
      region: {
        startLine: range.start.line,
        startColumn: place(range.start),
        endLine: range.end.line,
        endColumn: place(range.end),
      },
    },
  };
};

/** The log of one run of `validate`; its rules are those that were broken. */
export const sarifLog = (
  files: readonly (CheckedFile & { readonly texts: Texts })[],
  rules: Rules,
  version: string,
): unknown => {
  const broken = [...new Set(files.flatMap(({ findings }) => findings.map(({ rule }) => rule)))];
  const indexes = new Map(broken.map((rule, index) => [rule, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "slipway",
            version,
            rules: broken.map((id) => ({
              id,
              ...(rules[id] === undefined
                ? {}
                : {
                    shortDescription: { text: rules[id].summary },
                    defaultConfiguration: { level: LEVELS[rules[id].level] },
                  }),
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: files.flatMap(({ file, findings, texts }) =>
          findings.map((finding) => ({
            ruleId: finding.rule,
            ruleIndex: indexes.get(finding.rule),
            level: LEVELS[finding.level],
            message: {
              text:
                finding.hint === undefined
                  ? finding.message
                  : `${finding.message}: ${finding.hint}`,
            },
            locations: [locationOf(file, finding, texts)],
          })),
        ),
      },
    ],
  };
};
