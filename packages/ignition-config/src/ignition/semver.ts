/** Versions as go-semver reads them: leading zeros pass, blanks and `v` do not. */

export interface Semver {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly preRelease: string;
  readonly metadata: string;
}

/** None at all passes, even after its mark; between dots there is something. */
const IDENTIFIER = /^(?:[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const DIGITS = /^[0-9]+$/;
/** More digits than any 64-bit number has; leading zeros aside, which are cut off before. */
const MAX_DIGITS = 19;
const MAX_INT64 = 2n ** 63n - 1n;

const splitOff = (text: string, mark: string): readonly [string, string] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

const numberOf = (text: string): bigint | undefined => {
  if (!DIGITS.test(text)) return undefined;
  const significant = text.replace(/^0+/, "") || "0";
  if (significant.length > MAX_DIGITS) return undefined;
  const value = BigInt(significant);
  return value > MAX_INT64 ? undefined : value;
};

/** The parts of a version, or undefined where the text is none. */
export const parseSemver = (text: string): Semver | undefined => {
  const [withoutMetadata, metadata] = splitOff(text, "+");
  const [core, preRelease] = splitOff(withoutMetadata, "-");
  if (!IDENTIFIER.test(preRelease) || !IDENTIFIER.test(metadata)) return undefined;
  const [majorText = "", minorText = "", patchText = "", ...rest] = core.split(".", 4);
  if (rest.length > 0) return undefined;
  const [major, minor, patch] = [majorText, minorText, patchText].map(numberOf);
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major, minor, patch, preRelease, metadata };
};
