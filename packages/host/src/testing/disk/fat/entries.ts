/** Directory entries: 32 bytes each; a file has one with its alias, after those that hold its long name. */
import { aliasChecksum, showAlias } from "./names.ts";
import type { Timestamp } from "./timestamp.ts";

export const ENTRY_BYTES = 32;
export const ATTRIBUTE = { label: 0x08, directory: 0x10, archive: 0x20, longName: 0x0f } as const;
const ATTRIBUTE_BITS = 0x3f;
export const DELETED = 0xe5;
export const NEVER_USED = 0x00;
/** Stands for a first byte of 0xE5, which would mean deleted. */
const ESCAPED_E5 = 0x05;
const LAST_PIECE = 0x40;
const PIECE_UNITS = 13;
/** Where an entry of a long name has its characters. */
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30] as const;

export interface EntryPlace {
  readonly sector: number;
  readonly offset: number;
}

/** What a directory says of a file. */
export interface DirectoryEntry {
  readonly name: string;
  readonly alias: string;
  readonly attributes: number;
  readonly start: number;
  readonly size: number;
  /** Its entries, the one with the alias last. */
  readonly places: readonly [EntryPlace, ...EntryPlace[]];
}

export interface NewEntry {
  readonly name: string;
  readonly alias: string;
  readonly lower: number;
  readonly complete: boolean;
  readonly attributes: number;
  readonly start: number;
  readonly timestamp: Timestamp;
}

/** The entries of a new file, in the order in which the directory has them. */
export const encodeEntries = (entry: NewEntry): readonly Uint8Array[] => {
  const alias = encodeAlias(entry);
  return entry.complete ? [alias] : [...encodeLongName(entry.name, entry.alias), alias];
};

/** The parts of an entry that change while its file lives. */
export interface EntryUpdate {
  readonly attributes: number;
  readonly start: number;
  readonly size: number;
  readonly changed: Timestamp;
  readonly created: Timestamp;
}

/** Writes a file's present state over its entry. */
export const updateEntry = (sector: Uint8Array, offset: number, update: EntryUpdate): void => {
  const view = new DataView(sector.buffer, sector.byteOffset + offset, ENTRY_BYTES);
  view.setUint8(11, update.attributes);
  view.setUint8(13, update.created.hundredths);
  view.setUint16(14, update.created.time, true);
  view.setUint16(16, update.created.date, true);
  view.setUint16(18, update.changed.date, true);
  view.setUint16(20, update.start >>> 16, true);
  view.setUint16(22, update.changed.time, true);
  view.setUint16(24, update.changed.date, true);
  view.setUint16(26, update.start & 0xffff, true);
  view.setUint32(28, update.size, true);
};

/** The times that an entry has. */
export const entryTimes = (
  sector: Uint8Array,
  offset: number,
): Pick<EntryUpdate, "changed" | "created"> => {
  const view = new DataView(sector.buffer, sector.byteOffset + offset, ENTRY_BYTES);
  return {
    created: {
      date: view.getUint16(16, true),
      time: view.getUint16(14, true),
      hundredths: view.getUint8(13),
    },
    changed: { date: view.getUint16(24, true), time: view.getUint16(22, true), hundredths: 0 },
  };
};

export interface ScanOptions {
  /** Firmware ends at the first entry never used; Linux takes it for a free one and reads on. */
  readonly atNeverUsed: "end" | "go on";
}

/** The files that a directory lists, `.` and `..` among them, from its sectors in order. */
export function* scanEntries(
  sectors: Iterable<readonly [number, Uint8Array]>,
  { atNeverUsed }: ScanOptions,
): Generator<DirectoryEntry, void, undefined> {
  let pieces: Piece[] = [];
  for (const [sector, bytes] of sectors) {
    for (let offset = 0; offset < bytes.byteLength; offset += ENTRY_BYTES) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, ENTRY_BYTES);
      const first = view.getUint8(0);
      if (first === NEVER_USED && atNeverUsed === "end") return;
      const attributes = view.getUint8(11);
      const place = { sector, offset };
      if (first === DELETED || first === NEVER_USED) {
        pieces = [];
      } else if ((attributes & ATTRIBUTE_BITS) === ATTRIBUTE.longName) {
        pieces = withPiece(pieces, parsePiece(view, place));
      } else {
        if ((attributes & ATTRIBUTE.label) === 0) yield parseEntry(view, place, pieces);
        pieces = [];
      }
    }
  }
}

interface Piece {
  /** Counted down to 1; the first piece of a name has the highest. */
  readonly number: number;
  readonly isFirst: boolean;
  readonly checksum: number;
  readonly units: readonly number[];
  readonly place: EntryPlace;
}

const parsePiece = (view: DataView, place: EntryPlace): Piece => ({
  number: view.getUint8(0) & ~LAST_PIECE,
  isFirst: (view.getUint8(0) & LAST_PIECE) !== 0,
  checksum: view.getUint8(13),
  units: UNIT_OFFSETS.map((offset) => view.getUint16(offset, true)),
  place,
});

/** A piece goes on with the name before it, begins one, or belongs to none. */
const withPiece = (pieces: Piece[], piece: Piece): Piece[] => {
  if (piece.isFirst) return [piece];
  const before = pieces.at(-1);
  const goesOn = before?.number === piece.number + 1 && before.checksum === piece.checksum;
  if (!goesOn) return [];
  pieces.push(piece);
  return pieces;
};

const parseEntry = (
  view: DataView,
  place: EntryPlace,
  pieces: readonly Piece[],
): DirectoryEntry => {
  const codes = new Uint8Array(view.buffer, view.byteOffset, 11);
  const alias = String.fromCharCode(...codes);
  const shown = codes[0] === ESCAPED_E5 ? `\xe5${alias.slice(1)}` : alias;
  const last = pieces.at(-1);
  const hasLongName = last?.number === 1 && last.checksum === aliasChecksum(alias);
  return {
    name: hasLongName ? joinPieces(pieces) : showAlias(shown, view.getUint8(12)),
    alias,
    attributes: view.getUint8(11),
    start: ((view.getUint16(20, true) << 16) | view.getUint16(26, true)) >>> 0,
    size: view.getUint32(28, true),
    places: hasLongName ? placesOf(pieces, place) : [place],
  };
};

const placesOf = (
  pieces: readonly Piece[],
  last: EntryPlace,
): readonly [EntryPlace, ...EntryPlace[]] => {
  const [first, ...others] = [...pieces.map((piece) => piece.place), last];
  return first === undefined ? [last] : [first, ...others];
};

const joinPieces = (pieces: readonly Piece[]): string => {
  const units = pieces.toReversed().flatMap((piece) => piece.units);
  const end = units.indexOf(0);
  return String.fromCharCode(...(end < 0 ? units : units.slice(0, end)));
};

const encodeAlias = ({ alias, lower, attributes, start, timestamp }: NewEntry): Uint8Array => {
  const bytes = new Uint8Array(ENTRY_BYTES);
  for (let index = 0; index < 11; index += 1) bytes[index] = alias.charCodeAt(index);
  if (bytes[0] === DELETED) bytes[0] = ESCAPED_E5;
  bytes[12] = lower;
  updateEntry(bytes, 0, { attributes, start, size: 0, changed: timestamp, created: timestamp });
  return bytes;
};

const encodeLongName = (name: string, alias: string): readonly Uint8Array[] => {
  const count = Math.ceil(name.length / PIECE_UNITS);
  return Array.from({ length: count }, (_, index) => {
    const number = count - index;
    const bytes = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, index === 0 ? number | LAST_PIECE : number);
    view.setUint8(11, ATTRIBUTE.longName);
    view.setUint8(13, aliasChecksum(alias));
    for (const [unit, offset] of UNIT_OFFSETS.entries()) {
      const at = (number - 1) * PIECE_UNITS + unit;
      view.setUint16(offset, unitAt(name, at), true);
    }
    return bytes;
  });
};

/** The name's characters, a zero when it ends within an entry, and then nothing. */
const unitAt = (name: string, at: number): number => {
  if (at < name.length) return name.charCodeAt(at);
  return at === name.length ? 0 : 0xffff;
};
