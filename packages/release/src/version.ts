/**
 * The order of versions, as UAPI.10 ("Version Format Specification") has it, step by step like systemd's strverscmp_improved(): where the
 * specification leaves odd texts open (`1~~`, `1-^`), a node's systemd and Slipway must still agree which one is newer.
 */

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= "0" && character <= "9";

const isLetter = (character: string | undefined): boolean =>
  character !== undefined &&
  ((character >= "a" && character <= "z") || (character >= "A" && character <= "Z"));

/** Characters that mean something; all others only separate. */
const isMeaningful = (character: string | undefined): boolean =>
  character !== undefined &&
  (isDigit(character) || isLetter(character) || "~-^.".includes(character));

/** The version that has this mark where the other has none is the older one; looked for in this order, after `~` and the end. */
const MARKS = ["-", "^", "."] as const;

const runEnd = (
  text: string,
  at: number,
  is: (character: string | undefined) => boolean,
): number => {
  let end = at;
  while (is(text[end])) end++;
  return end;
};

const nextMeaningful = (text: string, at: number): number => {
  let next = at;
  while (next < text.length && !isMeaningful(text[next])) next++;
  return next;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of any length: the longer number is the greater once leading zeros are gone. */
const compareNumbers = (a: string, b: string): number => {
  // Digits are newer than letters, and than nothing.
  if (a === "" || b === "") return Number(a !== "") - Number(b !== "");
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || compareText(x, y);
};

/** Below zero where `a` is the older, above where it is the newer, zero where neither is. */
export const compareVersions = (a: string, b: string): number => {
  let [i, j] = [0, 0];
  for (;;) {
    i = nextMeaningful(a, i);
    j = nextMeaningful(b, j);
    if (a[i] === "~" || b[j] === "~") {
      if (a[i] !== b[j]) return a[i] === "~" ? -1 : 1;
      i++;
      j++;
    }
    if (i >= a.length || j >= b.length) return Number(i < a.length) - Number(j < b.length);
    for (const mark of MARKS) {
      if (a[i] !== mark && b[j] !== mark) continue;
      if (a[i] !== b[j]) return a[i] === mark ? -1 : 1;
      i++;
      j++;
    }
    const digits = isDigit(a[i]) || isDigit(b[j]);
    const is = digits ? isDigit : isLetter;
    const [endA, endB] = [runEnd(a, i, is), runEnd(b, j, is)];
    const [x, y] = [a.slice(i, endA), b.slice(j, endB)];
    // Upper-case letters come before lower-case ones, as in ASCII.
    const order = digits ? compareNumbers(x, y) : compareText(x, y);
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
};
