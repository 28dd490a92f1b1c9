const ALLOWED = /^[A-Za-z0-9:_.]$/;

/** A path in the name of a unit, as `systemd-escape --path` writes it. */
export const escapePath = (path: string): string => {
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) return "-";
  const escaped: string[] = [];
  for (const byte of new TextEncoder().encode(segments.join("/"))) {
    const character = String.fromCharCode(byte);
    const isLeadingDot = escaped.length === 0 && character === ".";
    if (character === "/") escaped.push("-");
    else if (ALLOWED.test(character) && !isLeadingDot) escaped.push(character);
    else escaped.push(`\\x${byte.toString(16)}`);
  }
  return escaped.join("");
};
