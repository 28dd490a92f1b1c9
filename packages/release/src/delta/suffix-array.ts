/** A text of small whole numbers: bytes, or on a deeper level the names of substrings. */
type Text = Uint8Array | Int32Array;

/**
 * The suffix array of bytes: the starts of all suffixes in the order of the suffixes. Linear in time whatever the bytes, with
 * about eight bytes of memory a byte: SA-IS of Nong, Zhang and Chan, "Linear Suffix Array Construction by Almost Pure
 * Induced-Sorting" (2009).
 */
export const suffixArray = (bytes: Uint8Array): Int32Array => sortSuffixes(bytes, 255);

const sortSuffixes = (text: Text, largest: number): Int32Array => {
  if (text.length < 2) return new Int32Array(text.length);
  const isSmaller = smallerThanNext(text);
  const starts = lmsStarts(isSmaller);
  const buckets = countBuckets(text, isSmaller, largest);
  const suffixes = new Int32Array(text.length);
  induce(suffixes, text, isSmaller, buckets, starts);
  if (starts.length > 1) {
    induce(suffixes, text, isSmaller, buckets, sortLms(text, suffixes, isSmaller, starts));
  }
  return suffixes;
};

/** For each suffix, whether it is smaller than the one that begins after it ("of type S"). The last is not. */
const smallerThanNext = (text: Text): Uint8Array => {
  const isSmaller = new Uint8Array(text.length);
  for (let i = text.length - 2; i >= 0; i--) {
    const [here, next] = [text[i] ?? 0, text[i + 1] ?? 0];
    isSmaller[i] = here === next ? (isSmaller[i + 1] ?? 0) : here < next ? 1 : 0;
  }
  return isSmaller;
};

/** A leftmost suffix of type S ("LMS") follows one that is not. */
const isLms = (isSmaller: Uint8Array, at: number): boolean =>
  at > 0 && isSmaller[at] === 1 && isSmaller[at - 1] === 0;

const lmsStarts = (isSmaller: Uint8Array): Int32Array => {
  let count = 0;
  for (let i = 1; i < isSmaller.length; i++) if (isLms(isSmaller, i)) count++;
  const starts = new Int32Array(count);
  let at = 0;
  for (let i = 1; i < isSmaller.length; i++) if (isLms(isSmaller, i)) starts[at++] = i;
  return starts;
};

/** Where among the sorted suffixes those begin that start with a letter: first the larger ones, then those of type S. */
interface Buckets {
  /** By letter; one more is the end of the last. */
  readonly large: Int32Array;
  readonly small: Int32Array;
}

const countBuckets = (text: Text, isSmaller: Uint8Array, largest: number): Buckets => {
  const large = new Int32Array(largest + 2);
  const small = new Int32Array(largest + 1);
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? 0;
    if (isSmaller[i] === 0) small[letter] = (small[letter] ?? 0) + 1;
    else large[letter + 1] = (large[letter + 1] ?? 0) + 1;
  }
  // Counts become places: the large ones of a letter end where its small ones begin, and so on.
  for (let letter = 0; letter <= largest; letter++) {
    small[letter] = (small[letter] ?? 0) + (large[letter] ?? 0);
    large[letter + 1] = (large[letter + 1] ?? 0) + (small[letter] ?? 0);
  }
  return { large, small };
};

/** Sorts all suffixes by what the order of the LMS suffixes says of them. */
const induce = (
  suffixes: Int32Array,
  text: Text,
  isSmaller: Uint8Array,
  { large, small }: Buckets,
  lms: Int32Array,
): void => {
  const { length } = text;
  suffixes.fill(-1);
  let next = small.slice();
  for (let i = 0; i < lms.length; i++) {
    const start = lms[i] ?? 0;
    const letter = text[start] ?? 0;
    const place = next[letter] ?? 0;
    next[letter] = place + 1;
    suffixes[place] = start;
  }
  next = large.slice();
  const last = text[length - 1] ?? 0;
  suffixes[next[last] ?? 0] = length - 1;
  next[last] = (next[last] ?? 0) + 1;
  for (let i = 0; i < length; i++) {
    const start = (suffixes[i] ?? 0) - 1;
    if (start < 0 || isSmaller[start] !== 0) continue;
    const letter = text[start] ?? 0;
    const place = next[letter] ?? 0;
    next[letter] = place + 1;
    suffixes[place] = start;
  }
  next = large.slice();
  for (let i = length - 1; i >= 0; i--) {
    const start = (suffixes[i] ?? 0) - 1;
    if (start < 0 || isSmaller[start] === 0) continue;
    const letter = (text[start] ?? 0) + 1;
    const place = (next[letter] ?? 0) - 1;
    next[letter] = place;
    suffixes[place] = start;
  }
};

/** The LMS suffixes in their order: their substrings, which are in order already, are named and the names sorted. */
const sortLms = (
  text: Text,
  suffixes: Int32Array,
  isSmaller: Uint8Array,
  starts: Int32Array,
): Int32Array => {
  // LMS suffixes are at least two apart, so that half the places hold them all.
  const ordinals = new Int32Array((text.length >> 1) + 1);
  for (let i = 0; i < starts.length; i++) ordinals[(starts[i] ?? 0) >> 1] = i;
  const names = new Int32Array(starts.length);
  let [name, previous] = [-1, -1];
  for (let i = 0; i < suffixes.length; i++) {
    const start = suffixes[i] ?? 0;
    if (!isLms(isSmaller, start)) continue;
    const ordinal = ordinals[start >> 1] ?? 0;
    if (previous < 0 || !isSameSubstring(text, starts, previous, ordinal)) name++;
    names[ordinal] = name;
    previous = ordinal;
  }
  const order = name + 1 === starts.length ? inverse(names) : sortSuffixes(names, name);
  for (let i = 0; i < order.length; i++) order[i] = starts[order[i] ?? 0] ?? 0;
  return order;
};

/** Whether two LMS substrings, from one start to the next, are equal. The last ends with the text, and is like no other. */
const isSameSubstring = (text: Text, starts: Int32Array, a: number, b: number): boolean => {
  const [endA, endB] = [starts[a + 1], starts[b + 1]];
  let [x, y] = [starts[a] ?? 0, starts[b] ?? 0];
  if (endA === undefined || endB === undefined || endA - x !== endB - y) return false;
  while (x <= endA) if (text[x++] !== text[y++]) return false;
  return true;
};

/** The order in which different names stand. */
const inverse = (names: Int32Array): Int32Array => {
  const order = new Int32Array(names.length);
  for (let i = 0; i < names.length; i++) order[names[i] ?? 0] = i;
  return order;
};
