/**
 * Parts of a line that a newer agent may have written in a form of its own. They are left out, and the line stands: what is forbidden, pinned or paused is
 * not to be forgotten for the sake of what is written beside it. Pure.
 */
import {
  type Decoded,
  finish,
  gatherProblems,
  type ObjectReader,
  readObject,
} from "@slipway/release";

type Read<T> = (inner: ObjectReader) => T;

const decode = <T>(value: unknown, read: Read<T>): Decoded<T> => {
  const problems = gatherProblems();
  return finish(read(readObject(value, [], problems)), problems);
};

/** Nothing where the member is absent, or of no form that this agent knows. */
export const readable = <T>(reader: ObjectReader, name: string, read: Read<T>): T | undefined => {
  if (!reader.has(name)) return undefined;
  const { found } = reader.custom<{ readonly found: T | undefined }>(name, {
    is: "anything",
    standIn: { found: undefined },
    parse: (value) => {
      const decoded = decode(value, read);
      return { found: decoded.ok ? decoded.value : undefined };
    },
  });
  return found;
};

/** The last `most` items of a list, without those that are of no form that this agent knows; a missing list is noted. */
export const readableItems = <T>(
  reader: ObjectReader,
  name: string,
  most: number,
  read: Read<T>,
): readonly T[] => {
  const items = reader.custom<readonly unknown[]>(name, {
    is: "a list",
    standIn: [],
    parse: (value) => (Array.isArray(value) ? value.slice(-most) : undefined),
  });
  return items.flatMap((item) => {
    const decoded = decode(item, read);
    return decoded.ok ? [decoded.value] : [];
  });
};
