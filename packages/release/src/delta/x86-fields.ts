/** Which bytes of machine code are distances: found without decoding instructions, so sometimes wrongly, which costs only space. */
export const NO_FIELD = 0;
/** Of a call or jump. */
export const CALL = 1;
/** Of a jump on a condition. */
export const BRANCH = 2;
/** From the instruction to data. */
export const LOAD = 3;

const FIELD_BYTES = 4;

/** What kind of distance begins here, judged by the bytes in front of it and its own highest: no program has 16 MiB between the two. */
export const x86Field = (code: Uint8Array, at: number): number => {
  if (at < 1 || at + FIELD_BYTES > code.length) return NO_FIELD;
  const highest = code[at + 3];
  if (highest !== 0 && highest !== 0xff) return NO_FIELD;
  const last = code[at - 1] ?? 0;
  if ((last & 0xfe) === 0xe8) return CALL;
  if (at < 2) return NO_FIELD;
  const before = code[at - 2] ?? 0;
  if ((last & 0xf0) === 0x80 && before === 0x0f) return BRANCH;
  // ModRM with the instruction pointer as base, behind a prefix for 64-bit operands or in an indirect call.
  if ((last & 0xc7) !== 0x05) return NO_FIELD;
  if (before === 0xff) return LOAD;
  return at >= 3 && ((code[at - 3] ?? 0) & 0xf0) === 0x40 ? LOAD : NO_FIELD;
};
