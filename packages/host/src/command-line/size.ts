/** Byte counts for people. */

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** In MiB as far as that reads well: `312.4 MiB`, `34.1 KiB`, `12.5 GiB`. */
export const formatSize = (bytes: number): string => {
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < MIB) return `${(bytes / KIB).toFixed(1)} KiB`;
  if (bytes < 10 * GIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  return `${(bytes / GIB).toFixed(1)} GiB`;
};

/** `120.3 of 300.0 MiB`, both in the unit of the total, so that the eye can compare. */
export const formatPart = (done: number, total: number): string => {
  const unit = formatSize(total).split(" ")[1] ?? "B";
  const divisor = { B: 1, KiB: KIB, MiB: MIB, GiB: GIB }[unit] ?? 1;
  const part = unit === "B" ? String(done) : (done / divisor).toFixed(1);
  return `${part} of ${formatSize(total)}`;
};

const UNITS: Readonly<Record<string, number>> = { M: MIB, G: GIB, T: 1024 * GIB };

/** Bytes of `512M`, `20G` or `1T`, also with `iB`; undefined for anything else, such as a bare number. */
export const parseSize = (text: string): number | undefined => {
  const [, digits = "", unit = ""] = /^([1-9][0-9]{0,6})([MGT])(?:iB)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
};

/** By how much something grew or shrank: `+1.2 MiB`, `-40 B`; no sign for 0. */
export const formatGrowth = (bytes: number): string =>
  `${bytes > 0 ? "+" : bytes < 0 ? "-" : ""}${formatSize(Math.abs(bytes))}`;
