/** The sector that remembers how many clusters are free and where to look for the next: hints, which may be wrong. */
const LEAD_SIGNATURE = 0x4161_5252;
const STRUCT_SIGNATURE = 0x6141_7272;
const TRAIL_SIGNATURE = 0xaa55_0000;
const FREE_OFFSET = 488;
const NEXT_OFFSET = 492;
const UNKNOWN = 0xffff_ffff;

export interface SpaceHints {
  readonly free: number | undefined;
  /** The cluster taken last. */
  readonly last: number | undefined;
}

export const newInfoSector = (sectorSize: number, hints: SpaceHints): Uint8Array => {
  const bytes = new Uint8Array(sectorSize);
  const view = viewOf(bytes);
  view.setUint32(0, LEAD_SIGNATURE, true);
  view.setUint32(484, STRUCT_SIGNATURE, true);
  view.setUint32(508, TRAIL_SIGNATURE, true);
  writeHints(bytes, hints);
  return bytes;
};

/** No hints when the sector is not what it should be. */
export const readHints = (bytes: Uint8Array): SpaceHints => {
  if (!isInfoSector(bytes)) return { free: undefined, last: undefined };
  const view = viewOf(bytes);
  return {
    free: known(view.getUint32(FREE_OFFSET, true)),
    last: known(view.getUint32(NEXT_OFFSET, true)),
  };
};

/** As Linux does: a sector that is not what it should be stays so, and what is not known is not written. */
export const writeHints = (bytes: Uint8Array, { free, last }: SpaceHints): void => {
  if (!isInfoSector(bytes)) return;
  const view = viewOf(bytes);
  if (free !== undefined) view.setUint32(FREE_OFFSET, free, true);
  if (last !== undefined) view.setUint32(NEXT_OFFSET, last, true);
};

const isInfoSector = (bytes: Uint8Array): boolean => {
  const view = viewOf(bytes);
  return (
    view.getUint32(0, true) === LEAD_SIGNATURE && view.getUint32(484, true) === STRUCT_SIGNATURE
  );
};

const known = (value: number): number | undefined => (value === UNKNOWN ? undefined : value);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
