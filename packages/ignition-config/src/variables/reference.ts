/**
 * How a text refers to a variable: `${var.NAME}`; `$${var.` stands for the text `${var.` itself. No shell, no unit and no
 * container file has a use for that spelling, so `${HOME}`, `$$` and the like pass through untouched.
 */

const OPENING = "${var.";
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** The pattern of a variable's name. */
export const VARIABLE_NAME: string = NAME.source;

/** One piece of a text with references in it. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reference"; readonly name: string }
  /** What looks like a reference and is none. */
  | { readonly kind: "malformed"; readonly text: string };

/** Whether the text has to be looked into at all. */
export const mayRefer = (text: string): boolean => text.includes(OPENING);

/** As much of a malformed reference as a message shows. */
const SHOWN_CHARACTERS = 40;

/** The pieces in order; texts may be empty. Takes time in proportion to the length. */
export const splitReferences = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  for (;;) {
    const at = text.indexOf(OPENING, from);
    if (at < 0) break;
    const after = at + OPENING.length;
    if (at > from && text[at - 1] === "$") {
      pieces.push({ kind: "text", text: text.slice(from, at - 1) + OPENING });
      from = after;
      continue;
    }
    pieces.push({ kind: "text", text: text.slice(from, at) });
    // A name has at most 64 characters: the brace is near or missing.
    const close = text.slice(after, after + 65).indexOf("}");
    const name = close < 0 ? "" : text.slice(after, after + close);
    if (NAME.test(name)) pieces.push({ kind: "reference", name });
    else pieces.push({ kind: "malformed", text: text.slice(at, at + SHOWN_CHARACTERS) });
    from = NAME.test(name) ? after + close + 1 : after;
  }
  pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
};

/** The text as a document must spell it so that nothing in it is taken for a reference. */
export const escapeReferences = (text: string): string => text.split(OPENING).join(`$${OPENING}`);
