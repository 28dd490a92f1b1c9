/** Colours, as meanings. */

export type Tone = "bad" | "good" | "warn" | "strong" | "faint";

/** Gives a text its tone, or leaves it as it is. */
export type Paint = (text: string, tone: Tone) => string;

/** No colours. */
export const noPaint: Paint = (text) => text;

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  bad: [31, 39],
  good: [32, 39],
  warn: [33, 39],
  strong: [1, 22],
  faint: [2, 22],
};

/** The colours that every terminal has and that its user has chosen. */
export const terminalPaint: Paint = (text, tone) => {
  const [on, off] = CODES[tone];
  return text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a terminal can do no more than print. */
export const isDumb = (environment: Environment): boolean =>
  (environment["TERM"] ?? "dumb") === "dumb";

/** Colours for terminals, and not for those who want none (https://no-color.org: set and not empty). */
export const paintFor = (isTerminal: boolean, environment: Environment): Paint =>
  isTerminal && !isDumb(environment) && (environment["NO_COLOR"] ?? "") === ""
    ? terminalPaint
    : noPaint;
