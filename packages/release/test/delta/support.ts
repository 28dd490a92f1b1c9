/** Numbers that look random and are the same every time (mulberry32). */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Bytes that look random; with a small alphabet they repeat themselves often. */
export const noise = (length: number, seed: number, alphabet = 256): Uint8Array => {
  const next = numbersFrom(seed);
  return Uint8Array.from({ length }, () => Math.floor(next() * alphabet));
};

/** A copy with stretches overwritten, taken out, put in and moved. */
export const edited = (bytes: Uint8Array, edits: number, seed: number): Uint8Array => {
  const next = numbersFrom(seed);
  const below = (end: number): number => Math.floor(next() * end);
  let result = Buffer.from(bytes);
  for (let i = 0; i < edits; i++) {
    const at = below(result.length + 1);
    const to = Math.min(result.length, at + below(64));
    const from = below(result.length);
    const inserted = [
      Buffer.from(noise(to - at, below(1e9))),
      Buffer.alloc(0),
      Buffer.from(noise(below(64), below(1e9))),
      result.subarray(from, from + below(2000)),
    ][below(4)];
    result = Buffer.concat([
      result.subarray(0, at),
      inserted ?? Buffer.alloc(0),
      result.subarray(to),
    ]);
  }
  return new Uint8Array(result);
};
