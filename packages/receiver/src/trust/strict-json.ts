/**
 * JSON that every reader understands alike. `JSON.parse` takes the last of two members of one name where other readers take the first, and a
 * signature over what was parsed does not show the difference: what can be read in two ways is refused before anybody looks at signatures.
 */

export type StrictJson =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "not-json"; readonly why: string }
  | { readonly kind: "ambiguous"; readonly why: string };

/** Deeper than any metadata, shallow enough for the recursion of whoever reads it next. */
const MAX_DEPTH = 32;

/** The pieces of a text of which `JSON.parse` has said that it is JSON. */
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

const isWholeNumber = (piece: string): boolean =>
  /^(?:0|-?[1-9]\d*)$/.test(piece) && Number.isSafeInteger(Number(piece));

const textOf = (piece: string): string => {
  const text: unknown = JSON.parse(piece);
  return typeof text === "string" ? text : "";
};

/** What is ambiguous in the text, as words that follow the file's name. */
const ambiguity = (text: string): string | undefined => {
  // The members seen so far of each object around the current piece; of lists nothing.
  const around: (Set<string> | undefined)[] = [];
  let string: string | undefined;
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece === "{" || piece === "[") {
      around.push(piece === "{" ? new Set() : undefined);
      if (around.length > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`;
    } else if (piece === "}" || piece === "]") around.pop();
    else if (piece === ":") {
      const members = around.at(-1);
      if (string === undefined || members === undefined) continue;
      if (members.has(string)) return `has the member ${JSON.stringify(string)} twice`;
      if (string === "__proto__") return "has a member that is named __proto__";
      members.add(string);
    } else if (piece.startsWith('"')) {
      string = textOf(piece);
      if (!string.isWellFormed()) return "holds half a character";
    } else if (/^[-\d]/.test(piece) && !isWholeNumber(piece))
      return `holds ${piece.slice(0, 40)}, which is no whole number that every reader keeps`;
  }
  return undefined;
};

/** The value of a text in UTF-8, unless another reader might see another value in it. */
export const parseStrictJson = (bytes: Uint8Array): StrictJson => {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    return { kind: "not-json", why: cause instanceof Error ? cause.message : String(cause) };
  }
  const why = ambiguity(text);
  return why === undefined ? { kind: "value", value } : { kind: "ambiguous", why };
};
