import { parseSync, Visitor } from "oxc-parser";

/** One import, export-from, `import()` or `import("…").Type` of a source file. */
export interface Import {
  readonly specifier: string;
  /** Imported for types alone: gone when the types are stripped. */
  readonly typeOnly: boolean;
  /** What is taken by name; "*" for a namespace or everything. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  /** Lines on which the file asks the machine what time it is. */
  readonly readsTheTime: readonly number[];
}

/** Reads what a TypeScript file imports; throws when it does not parse, since a file nobody can read passes no check. */
export const readSource = (path: string, source: string): SourceFacts => {
  const parsed = parseSync(path, source);
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`cannot parse ${path}: ${problem.message}`);

  const lineOf = (offset: number): number => source.slice(0, offset).split("\n").length;
  const imports: Import[] = [];
  const readsTheTime: number[] = [];

  for (const statement of parsed.module.staticImports) {
    const names = statement.entries.map(({ importName }) => importName.name ?? "*");
    const named = statement.entries.length > 0;
    imports.push({
      specifier: statement.moduleRequest.value,
      // `import {} from` and `import "…"` bring nothing in, yet run the module.
      typeOnly: named && statement.entries.every(({ isType }) => isType),
      names,
      line: lineOf(statement.start),
    });
  }
  for (const { entries, start } of parsed.module.staticExports) {
    for (const entry of entries) {
      if (entry.moduleRequest === null) continue;
      imports.push({
        specifier: entry.moduleRequest.value,
        typeOnly: entry.isType,
        names: [entry.importName.name ?? "*"],
        line: lineOf(start),
      });
    }
  }
  const byExpression = (node: { readonly start: number; readonly source: unknown }): void => {
    imports.push({
      specifier: literalOf(node.source) ?? "<computed>",
      typeOnly: false,
      names: ["*"],
      line: lineOf(node.start),
    });
  };
  new Visitor({
    ImportExpression: byExpression,
    TSImportType: ({ source: from, start }) => {
      imports.push({ specifier: from.value, typeOnly: true, names: ["*"], line: lineOf(start) });
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      if (isDate(callee) && given.length === 0) readsTheTime.push(lineOf(start));
    },
    CallExpression: ({ callee, start }) => {
      if (isDate(callee)) readsTheTime.push(lineOf(start));
    },
  }).visit(parsed.program);

  return { imports, readsTheTime };
};

const isDate = (callee: { readonly type: string; readonly name?: unknown }): boolean =>
  callee.type === "Identifier" && callee.name === "Date";

const literalOf = (node: unknown): string | undefined =>
  typeof node === "object" && node !== null && "value" in node && typeof node.value === "string"
    ? node.value
    : undefined;
