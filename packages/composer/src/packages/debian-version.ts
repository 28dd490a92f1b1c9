/**
 * The order of Debian versions (Debian Policy 5.6.12): negative, zero or positive as `a` is earlier than, equal to or later
 * than `b`. Total over all strings, well-formed or not.
 */
export const compareDebianVersions = (a: string, b: string): number => {
  const left = parts(a);
  const right = parts(b);
  return (
    compareDigits(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
};

interface VersionParts {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

const parts = (version: string): VersionParts => {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon === -1 ? "0" : version.slice(0, colon),
    upstream: dash === -1 ? rest : rest.slice(0, dash),
    // Policy: no revision is the same as the revision "0".
    revision: dash === -1 ? "0" : rest.slice(dash + 1),
  };
};

/** Alternating runs: first the longest run of non-digits, character by character, then the run of digits as a number. */
const comparePart = (a: string, b: string): number => {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      // Only a position that holds a non-digit is used up: a digit on one side weighs as the end.
      if (i < a.length && !isDigit(a, i)) i++;
      if (j < b.length && !isDigit(b, j)) j++;
    }
    const numberA = digitsAt(a, i);
    const numberB = digitsAt(b, j);
    const difference = compareDigits(numberA, numberB);
    if (difference !== 0) return difference;
    i += numberA.length;
    j += numberB.length;
  }
  return 0;
};

/** A tilde sorts before everything, even the end; letters before all other characters. */
const weight = (text: string, index: number): number => {
  const code = text.charCodeAt(index);
  if (index >= text.length || isDigit(text, index)) return 0;
  if (text[index] === "~") return -1;
  return isLetter(code) ? code : code + 256;
};

const isLetter = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

const isDigit = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
};

const digitsAt = (text: string, start: number): string => {
  let end = start;
  while (end < text.length && isDigit(text, end)) end++;
  return text.slice(start, end);
};

/** As numbers of any length: upstream versions such as 20250131123456789012 exceed what a number holds. */
const compareDigits = (a: string, b: string): number => {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
};
