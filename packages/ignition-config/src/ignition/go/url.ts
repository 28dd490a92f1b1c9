/** URLs as far as Go's `net/url` refuses or splits them, up to Go 1.25.1; later ones look into the brackets of a host. */

/** The parts of a URL that Ignition looks at. */
export interface GoUrl {
  /** In lower case; empty where there is none. */
  readonly scheme: string;
  /** What follows the scheme where it does not begin with a slash. */
  readonly opaque: string;
  readonly rawQuery: string;
}

const isLetter = (unit: number): boolean =>
  (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** What stands before the first colon, if that is a scheme; undefined where the colon comes first. */
const splitScheme = (text: string): readonly [scheme: string, rest: string] | undefined => {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x3a) return at === 0 ? undefined : [text.slice(0, at), text.slice(at + 1)];
    const isInner = isDigit(unit) || unit === 0x2b || unit === 0x2d || unit === 0x2e;
    if (!isLetter(unit) && !(isInner && at > 0)) break;
  }
  return ["", text];
};

const cut = (text: string, mark: string): readonly [string, string] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

const ESCAPE = /^%[0-9A-Fa-f]{2}/;

/** Whether each % begins an escape that `isAllowed` allows. */
const hasGoodEscapes = (
  text: string,
  isAllowed: (escape: string) => boolean = () => true,
): boolean => {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 3)) {
    const escape = text.slice(at, at + 3);
    if (!ESCAPE.test(escape) || !isAllowed(escape)) return false;
  }
  return true;
};

/** The ASCII characters that may stand in a host unescaped; % begins an escape, which is looked at for itself. */
const HOST = /^[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~%\u{80}-\u{10ffff}]*$/u;

/** In a host, only bytes beyond ASCII and % itself may be escaped. */
const isHostEscape = (escape: string): boolean =>
  escape === "%25" || Number.parseInt(escape.slice(1), 16) >= 0x80;

/** In an IPv6 zone, only what may stand in a host, blanks, and %. */
const isZoneEscape = (escape: string): boolean => {
  const byte = Number.parseInt(escape.slice(1), 16);
  return escape === "%25" || byte === 0x20 || (byte < 0x80 && HOST.test(String.fromCharCode(byte)));
};

const isGoodHostText = (text: string): boolean =>
  HOST.test(text) && hasGoodEscapes(text, isHostEscape);

const isOptionalPort = (text: string): boolean => /^(?::[0-9]*)?$/.test(text);

const isGoodZone = (text: string): boolean => HOST.test(text) && hasGoodEscapes(text, isZoneEscape);

/** A host that begins with a bracket is meant to be an IPv6 address; what is between the brackets is not looked at. */
const isGoodBracketedHost = (host: string): boolean => {
  const close = host.lastIndexOf("]");
  if (close < 0 || !isOptionalPort(host.slice(close + 1))) return false;
  const zone = host.slice(0, close).indexOf("%25");
  if (zone < 0) return isGoodHostText(host);
  const outside = host.slice(0, zone) + host.slice(close);
  return isGoodHostText(outside) && isGoodZone(host.slice(zone, close));
};

const isGoodHost = (host: string): boolean => {
  if (host.startsWith("[")) return isGoodBracketedHost(host);
  const colon = host.lastIndexOf(":");
  return (colon < 0 || isOptionalPort(host.slice(colon))) && isGoodHostText(host);
};

const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

const isGoodAuthority = (authority: string): boolean => {
  const at = authority.lastIndexOf("@");
  if (!isGoodHost(authority.slice(at + 1))) return false;
  const user = authority.slice(0, Math.max(at, 0));
  return USER.test(user) && hasGoodEscapes(user);
};

// oxlint-disable-next-line no-control-regex -- Go refuses just these.
const CONTROL = /[\u0000-\u001f\u007f]/;

const splitQuery = (rest: string): readonly [string, string] => cut(rest, "?");

/** Whether authority and path behind the scheme can be read. */
const isGoodHierarchy = (rest: string, scheme: string): boolean => {
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  if (!hasAuthority) return hasGoodEscapes(rest);
  const slash = rest.indexOf("/", 2);
  const end = slash < 0 ? rest.length : slash;
  return isGoodAuthority(rest.slice(2, end)) && hasGoodEscapes(rest.slice(end));
};

/** The URL's parts, or undefined where Go's `url.Parse` fails. */
export const parseGoUrl = (text: string): GoUrl | undefined => {
  const [url, fragment] = cut(text, "#");
  if (CONTROL.test(url) || !hasGoodEscapes(fragment)) return undefined;
  const split = splitScheme(url);
  if (split === undefined) return undefined;
  const scheme = split[0].toLowerCase();
  const [rest, rawQuery] = splitQuery(split[1]);
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { scheme, opaque: rest, rawQuery };
    // A colon in the first segment would look like a scheme.
    if (url !== "*" && cut(rest, "/")[0].includes(":")) return undefined;
  }
  return isGoodHierarchy(rest, scheme) ? { scheme, opaque: "", rawQuery } : undefined;
};

const unescapeAscii = (text: string): string =>
  text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_whole, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

const unescapeQuery = (text: string): string | undefined =>
  hasGoodEscapes(text) ? unescapeAscii(text.replaceAll("+", " ")) : undefined;

/** The first value of a parameter of the query, undefined where it is not there. Malformed parameters are passed over. */
export const queryValue = (rawQuery: string, name: string): string | undefined => {
  for (const pair of rawQuery.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const [key, value] = cut(pair, "=").map(unescapeQuery);
    if (key === name && value !== undefined) return value;
  }
  return undefined;
};
