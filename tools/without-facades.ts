import { isBuiltin } from "node:module";
import { parseSync } from "oxc-parser";

const ASK = "globalThis.process.getBuiltinModule";

/**
 * A file of the bundle that asks for Node's own modules as `require` does. An `import` of one makes Node look at every name that it exports, and behind some of
 * them is much that nobody uses: all of undici behind one of http's, workers behind one of process's. Like imports, the lines stand before all others.
 */
export const withoutFacades = (name: string, text: string): string => {
  const { module } = parseSync(name, text);
  const own = module.staticImports.filter(({ moduleRequest }) => isBuiltin(moduleRequest.value));
  const lines = own.map(({ moduleRequest, entries }) => {
    const asked = `${ASK}(${JSON.stringify(moduleRequest.value)})`;
    return entries
      .map(({ importName, localName }) =>
        // Its default is all of it, as a namespace is.
        importName.name === null
          ? `const ${localName.value} = ${asked};\n`
          : `const ${localName.value} = ${asked}.${importName.name};\n`,
      )
      .join("");
  });
  let rest = "";
  let read = 0;
  for (const { start, end } of own) {
    rest += text.slice(read, start);
    read = end;
  }
  return lines.join("") + rest + text.slice(read);
};
