/** A mode as chmod writes it, four digits. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

/** Bytes as text in which every byte is one character, for searching ASCII in files of any kind. */
export const asLatin1 = (bytes: Uint8Array): string => buffer(bytes).toString("latin1");

/** Whether the bytes hold an ASCII text anywhere. */
export const holds = (bytes: Uint8Array, text: string): boolean =>
  buffer(bytes).includes(text, 0, "latin1");

/** Names as a sentence takes them: all of a few, the first of many. */
export const someOf = (names: readonly string[]): string =>
  names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;

const buffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
