/** The end of what a machine said on its console, as plain text. Pure. */

/** Escape sequences (ECMA-48: CSI, OSC and two-byte ones) and control characters other than line ends and tabs. */
const CONTROL =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]*[0-~])|[\u0000-\u0008\u000B-\u001F\u007F]/g;

/** The last `count` lines with something on them. */
export const consoleTail = (text: string, count: number): string =>
  text
    .replaceAll("\r\n", "\n")
    .replaceAll(CONTROL, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-count)
    .join("\n");
