/** Padded base64 as Go's `base64.StdEncoding` reads it: strict about padding, blind to line ends and to unused bits. */

/** The bytes, or the index at which Go gives up. */
export type Base64 = { readonly bytes: Uint8Array } | { readonly badAt: number };

const isLineEnd = (character: string | undefined): boolean =>
  character === "\n" || character === "\r";

const ALPHABET = /[A-Za-z0-9+/]/;
const PLAIN = /^[A-Za-z0-9+/]*={0,2}$/;

const firstFault = (text: string): number => {
  let inQuantum = 0;
  let at = 0;
  const skipLineEnds = (): void => {
    while (isLineEnd(text[at])) at += 1;
  };
  for (; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (isLineEnd(character)) continue;
    if (ALPHABET.test(character)) {
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (character !== "=" || inQuantum < 2) return at;
    at += 1;
    if (inQuantum === 2) {
      skipLineEnds();
      if (at >= text.length) return text.length;
      if (text[at] !== "=") return at - 1;
      at += 1;
    }
    skipLineEnds();
    return at < text.length ? at : -1;
  }
  return inQuantum === 0 ? -1 : text.length - inQuantum;
};

/** Decodes padded base64. */
export const decodeBase64 = (text: string): Base64 => {
  if (text.length % 4 !== 0 || !PLAIN.test(text)) {
    const badAt = firstFault(text);
    if (badAt >= 0) return { badAt };
  }
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return { bytes };
};
