/** The end of what a machine said on its console, as plain text. Pure. */

/** Escape sequences (ECMA-48: CSI, OSC and two-byte ones) and control characters other than line ends and tabs. */
const CONTROL =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-~])|[\u0000-\u0008\u000B-\u001F\u007F]/g;

/** The line that says why, when a trace of many lines comes after it. */
const REASON = /Kernel panic - not syncing|Failure in the Initrd/;

/** The last `count` lines with something on them, and before them the last reason given, if it is further up. */
export const consoleTail = (text: string, count: number): string => {
  const lines = text
    .replaceAll("\r\n", "\n")
    .replaceAll(CONTROL, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const tail = lines.slice(-count);
  const reason = lines.slice(0, -count).findLast((line) => REASON.test(line));
  return [...(reason === undefined ? [] : [reason, "…"]), ...tail].join("\n");
};
