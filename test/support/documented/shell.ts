/** The commands of a shell script, as far as documents have scripts: words, and what they are written to. Pure. */

export interface Typed {
  /** The program and its arguments, without their quotes. */
  readonly words: readonly string[];
  /** Where what it says goes, by `>FILE`. */
  readonly file?: string;
  /** What is put there by `<<'END'`. */
  readonly hereDocument?: string;
}

/** In this order, each from where the one before has ended. */
const TOKENS = {
  space: /(?:[ \t]|\\\n)+/y,
  comment: /#[^\n]*/y,
  here: /<<'([A-Z]+)'\n(?<text>.*?\n|)\1\n/sy,
  redirection: /[0-9]?(?:>>?|<)(?<descriptor>&[0-9])?/y,
  end: /&&|\|\||[;&|()\n]/y,
  word: /(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s;&|()<>'"\\])+/sy,
} as const;

interface Token {
  readonly kind: keyof typeof TOKENS;
  readonly text: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

const KINDS = ["space", "comment", "here", "redirection", "end", "word"] as const;

const tokenAt = (script: string, at: number): Token => {
  for (const kind of KINDS) {
    const form = new RegExp(TOKENS[kind]);
    form.lastIndex = at;
    const found = form.exec(script);
    if (found !== null) return { kind, text: found[0], groups: { ...found.groups } };
  }
  throw new Error(`no shell would read on from: ${script.slice(at, at + 40)}`);
};

const tokensOf = (script: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < script.length;) {
    const token = tokenAt(script, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
};

const withoutQuotes = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"/gs,
    (_, single?: string, double?: string) => single ?? double ?? "",
  );

/** The shell's own, in front of a command. */
const KEYWORDS: ReadonlySet<string> = new Set(["if", "then", "else", "fi", "!", "{", "}"]);

const withoutPrefixes = (words: readonly string[]): readonly string[] => {
  const at = words.findIndex((word) => !KEYWORDS.has(word) && !/^[A-Za-z_]+=/.test(word));
  return at < 0 ? [] : words.slice(at);
};

/** @throws Error where a quote is not closed, which no shell would take either */
export const commandsIn = (script: string): readonly Typed[] => {
  const commands: Typed[] = [];
  let [words, written]: [string[], Omit<Typed, "words">] = [[], {}];
  let isFile = false;
  const end = (): void => {
    const own = withoutPrefixes(words);
    if (own.length > 0) commands.push({ words: own, ...written });
    [words, written] = [[], {}];
  };
  for (const { kind, text, groups } of tokensOf(script)) {
    if (kind === "redirection") isFile = groups["descriptor"] === undefined;
    if (kind === "word" && isFile) [written, isFile] = [{ ...written, file: text }, false];
    else if (kind === "word") words.push(withoutQuotes(text));
    if (kind === "here") written = { ...written, hereDocument: groups["text"] ?? "" };
    if (kind === "here" || kind === "end") end();
  }
  end();
  return commands;
};
