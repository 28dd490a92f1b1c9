/** Taking secrets out of text that somebody is about to give away. Pure. */

/** What stands where a secret was. */
export const REDACTED = "<redacted>";

/**
 * An address without name and password in it. What stands behind `?` and `#` goes too: tokens are there.
 * Text that is no address is returned as it is.
 */
export const withoutPassword = (address: string): string => {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === "" && url.password === "" && url.search === "" && url.hash === "")
    return address;
  if (url.username !== "" || url.password !== "") {
    url.username = "redacted";
    url.password = "";
  }
  url.search = url.search === "" ? "" : "?redacted";
  url.hash = "";
  return url.href;
};

/** Words whose value is a secret wherever they stand: `password=x`, `"token": "x"`, `API_KEY: x`. */
const NAMES =
  "pass(?:word|wd|phrase|code)?|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth(?:orization)?|credential|cookie|session[-_.]?id|signature|psk|luks[-_.]?key";

/** Keys in armour, to their end or to the end of the text. */
const ARMOUR =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g;

/** Of one line. Every repetition is bounded, and so is the line: none of these takes long, whatever stands there. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Name and password in an address.
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,512}@/gi, `$1${REDACTED}@`],
  // Whatever an address asks for.
  [/(\bhttps?:\/\/[^\s?"'<>]{1,1024}\?)[^\s"'<>]{1,4096}/gi, `$1${REDACTED}`],
  // `Authorization: Bearer x`, `Cookie: x`: all of the line.
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie)(\s{0,4}[:=]\s{0,4}).{1,4096}/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(bearer|basic)\s{1,4}[A-Za-z0-9._~+/=-]{8,4096}/gi, `$1 ${REDACTED}`],
  // A name that says so, with its value: quoted, or up to the next blank.
  [
    new RegExp(
      `((?:${NAMES})s?["']?\\s{0,4}[:=]\\s{0,4})("[^"]{0,4096}"|'[^']{0,4096}'|[^\\s,;&"'}\\]]{1,4096})`,
      "gi",
    ),
    `$1${REDACTED}`,
  ],
  // The same on a command line.
  [
    new RegExp(`(--[a-z0-9-]{0,40}?(?:${NAMES})s?)\\s{1,4}(?!-)\\S{1,4096}`, "gi"),
    `$1 ${REDACTED}`,
  ],
  // Hashes of passwords as shadow(5) has them, and tokens that say what they are.
  [/\$(?:1|2[aby]|5|6|7|gy|y|argon2[a-z]{1,2})\$[A-Za-z0-9./$=,+_-]{8,512}/g, REDACTED],
  [/\b(?:gh[pousr]|glpat|xox[abps])[-_][A-Za-z0-9_-]{10,255}/g, REDACTED],
  [/\bAKIA[A-Z0-9]{16}\b/g, REDACTED],
  [/\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{0,4096}/g, REDACTED],
];

const LONGEST_LINE = 4096;

const redactLine = (line: string): string =>
  RULES.reduce(
    (rest, [pattern, instead]) => rest.replaceAll(pattern, instead),
    line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} (cut)` : line,
  );

/**
 * The text without what looks like a secret. It goes by how secrets are usually written, so it can miss one; it takes
 * out rather too much than too little. Lines of more than 4096 characters are cut.
 */
export const redact = (text: string): string =>
  text.replaceAll(ARMOUR, REDACTED).split("\n").map(redactLine).join("\n");
