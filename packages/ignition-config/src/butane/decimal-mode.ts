/** Modes written in decimal by mistake: `644` for `0644`. */

const READ = 4;
const WRITE = 2;
const EXECUTE = 1;

/** Whether each class of users may do no more than the more privileged ones, and no one what makes no sense. */
const hasTypicalPermissions = (classes: readonly number[]): boolean => {
  let granted = 0;
  for (const bits of classes) {
    // The owner may do all that the group may, and the group all that others may.
    if ((bits & granted) !== granted) return false;
    const isNewlyExecutable = (bits & EXECUTE) !== 0 && (granted & EXECUTE) === 0;
    if (isNewlyExecutable && (granted & READ) !== 0) return false;
    if ((bits & (WRITE | EXECUTE)) !== 0 && (bits & READ) === 0) return false;
    granted |= bits;
  }
  return (granted & READ) !== 0;
};

const hasTypicalSpecialBits = (mode: number, isDirectory: boolean): boolean => {
  const isExecutable = (mode & 0o111) !== 0;
  const isWritable = (mode & 0o222) !== 0;
  if (isDirectory) {
    if (!isExecutable || (mode & 0o4000) !== 0) return false;
    return (mode & 0o3000) === 0 || isWritable;
  }
  if ((mode & 0o6000) !== 0 && (!isExecutable || (mode & 0o002) !== 0)) return false;
  return (mode & 0o1000) === 0;
};

const isTypical = (mode: number, isDirectory: boolean): boolean => {
  if (mode === 0) return true;
  const classes = [mode & 7, (mode >> 3) & 7, (mode >> 6) & 7];
  return hasTypicalPermissions(classes) && hasTypicalSpecialBits(mode, isDirectory);
};

/** Whether the number is an odd mode, and the same digits read as octal are a usual one. */
export const looksDecimal = (mode: number, isDirectory: boolean): boolean => {
  if (!Number.isInteger(mode) || mode < 0 || mode > 7777) return false;
  const digits = String(mode);
  if (!/^[0-7]+$/.test(digits)) return false;
  return !isTypical(mode, isDirectory) && isTypical(Number.parseInt(digits, 8), isDirectory);
};
