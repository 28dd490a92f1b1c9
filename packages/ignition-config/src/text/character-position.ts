/** Lines and columns as libyaml's descendants count them: in characters, not in bytes. */

/** A place in a text; both are 1-based, and a character outside the basic plane counts once. */
export interface CharacterPosition {
  readonly line: number;
  readonly column: number;
}

/** Characters are counted once for each block, so that a position costs one block however long its line is. */
const BLOCK = 256;

const isTrail = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

const countCharacters = (text: string, start: number, end: number): number => {
  let count = 0;
  for (let at = start; at < end; at += 1) if (!isTrail(text.charCodeAt(at))) count += 1;
  return count;
};

/** Where lines begin: YAML 1.1 also breaks them at NEL, LS and PS. */
const findLineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|[\r\n\u0085\u2028\u2029]/g)) {
    starts.push(found.index + found[0].length);
  }
  return starts;
};

const countBlocks = (text: string): Uint32Array => {
  const before = new Uint32Array(Math.floor(text.length / BLOCK) + 1);
  for (let block = 1; block < before.length; block += 1) {
    const counted = countCharacters(text, (block - 1) * BLOCK, block * BLOCK);
    before[block] = (before[block - 1] ?? 0) + counted;
  }
  return before;
};

/** Indexes a text; the answer turns UTF-16 offsets into positions, offsets outside into the nearest end's. */
export const characterPositions = (text: string): ((offset: number) => CharacterPosition) => {
  const starts = findLineStarts(text);
  const blocks = /[\ud800-\udbff]/.test(text) ? countBlocks(text) : undefined;
  const charactersBefore = (offset: number): number => {
    if (blocks === undefined) return offset;
    const block = Math.floor(offset / BLOCK);
    return (blocks[block] ?? 0) + countCharacters(text, block * BLOCK, offset);
  };
  return (offset) => {
    const at = Math.min(Math.max(offset, 0), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    return { line: low + 1, column: charactersBefore(at) - charactersBefore(start) + 1 };
  };
};
