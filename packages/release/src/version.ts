/**
 * The order of versions, as UAPI.10 ("Version Format Specification") has it, and systemd's strverscmp_improved().
 */

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= "0" && character <= "9";
const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /^[A-Za-z]$/.test(character);

/** Characters that mean something; all others only separate. */
const isMeaningful = (character: string): boolean =>
  isDigit(character) || isLetter(character) || "~-^.".includes(character);

const skipSeparators = (text: string, at: number): number => {
  let end = at;
  while (end < text.length && !isMeaningful(text[end] ?? "")) end++;
  return end;
};

const runEnd = (
  text: string,
  at: number,
  is: (character: string | undefined) => boolean,
): number => {
  let end = at;
  while (is(text[end])) end++;
  return end;
};

const compareNumbers = (a: string, b: string): number => {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
};

/** Upper-case letters come before lower-case ones, as in ASCII. */
const compareLetters = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What follows `~` is older than the end, `-` newer than `~`, `^` newer than the end, `.` newer still, in this order. */
const MARKS = ["~", "-", "^", "."] as const;

/** Below zero where `a` is the older, above where it is the newer, zero where neither is. */
export const compareVersions = (a: string, b: string): number => {
  let [i, j] = [0, 0];
  for (;;) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    if (a[i] === "~" || b[j] === "~") {
      if (a[i] !== b[j]) return a[i] === "~" ? -1 : 1;
      i++;
      j++;
      continue;
    }
    if (i >= a.length || j >= b.length) return Number(j >= b.length) - Number(i >= a.length);
    let isMark = false;
    for (const mark of MARKS.slice(1)) {
      if (a[i] !== mark && b[j] !== mark) continue;
      if (a[i] !== b[j]) return a[i] === mark ? -1 : 1;
      isMark = true;
      break;
    }
    if (isMark) {
      i++;
      j++;
      continue;
    }
    const digits = isDigit(a[i]) || isDigit(b[j]);
    const [endA, endB] = digits
      ? [runEnd(a, i, isDigit), runEnd(b, j, isDigit)]
      : [runEnd(a, i, isLetter), runEnd(b, j, isLetter)];
    // Digits are newer than letters.
    if (digits && (endA === i || endB === j)) return endA === i ? -1 : 1;
    const [x, y] = [a.slice(i, endA), b.slice(j, endB)];
    const order = digits ? compareNumbers(x, y) : compareLetters(x, y);
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
};
