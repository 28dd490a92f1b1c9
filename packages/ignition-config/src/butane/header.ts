/** `variant` and `version`, which say what language a document is in. */
import { parseSemver } from "../ignition/semver.ts";
import { decodeText } from "../text/decode-text.ts";
import { type CharacterPosition, characterPositions } from "../text/character-position.ts";
import { composeRaw } from "../yaml/compose-raw.ts";
import type { RawNode } from "../yaml/raw-node.ts";
import { decodeDocument, type Fault } from "./decode.ts";
import type { ObjectShape } from "./shape.ts";
import { textAt } from "./value.ts";
import { type Dialect, dialectOf } from "./variants.ts";

const HEADER: ObjectShape = {
  kind: "object",
  name: "Header",
  nullable: false,
  fields: ["version", "variant"].map((name) => ({
    yaml: name,
    json: undefined,
    shape: { kind: "text", nullable: false },
  })),
};

/** Ignition's spec that is still being written, and Butane's versions for it. */
const EXPERIMENTAL_MINOR = 7;

/** A document that is YAML. */
export interface Document {
  readonly root: RawNode | undefined;
  readonly positionOf: (offset: number) => CharacterPosition;
}

/** Why a document cannot be read, in Butane's words, and where, as far as it has a place. */
export interface Unreadable {
  readonly ok: false;
  readonly failure: string;
  readonly faults: readonly Fault[];
}

export type ParsedDocument = { readonly ok: true; readonly document: Document } | Unreadable;

const unreadable = (failure: string, faults: readonly Fault[] = []): Unreadable => ({
  ok: false,
  failure,
  faults,
});

/** UTF-8 by default, UTF-16 with a byte order mark, as YAML has it. */
const decodeBytes = (bytes: Uint8Array): { readonly text: string } | Unreadable => {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  if (isLittle || (first === 0xfe && second === 0xff)) {
    return { text: new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(bytes) };
  }
  const decoded = decodeText("", bytes);
  if (decoded.ok) return { text: decoded.source.text };
  const { message } = decoded.violation;
  const at = characterPositions(decoded.source.text)(decoded.offset);
  return unreadable(`Error unmarshaling yaml: yaml: ${message}`, [{ message, at }]);
};

/** Reads the YAML of a document. */
export const parseDocument = (bytes: Uint8Array): ParsedDocument => {
  const decoded = decodeBytes(bytes);
  if ("failure" in decoded) return decoded;
  const positionOf = characterPositions(decoded.text);
  const composed = composeRaw(decoded.text);
  if (!composed.ok) {
    const { reason: message, offset } = composed;
    const at = positionOf(offset);
    const failure = `Error unmarshaling yaml: yaml: line ${at.line}: ${message}`;
    return unreadable(failure, [{ message, at }]);
  }
  return { ok: true, document: { root: composed.root, positionOf } };
};

/** What a document says it is; `normal` is the version without leading zeros. */
export type Header =
  | { readonly ok: true; readonly variant: string; readonly version: string }
  | Unreadable;

const normalVersion = (text: string): string | undefined => {
  const version = parseSemver(text);
  if (version === undefined) return undefined;
  const { major, minor, patch, preRelease, metadata } = version;
  const suffix = (mark: string, part: string): string => (part === "" ? "" : `${mark}${part}`);
  return `${major}.${minor}.${patch}${suffix("-", preRelease)}${suffix("+", metadata)}`;
};

/** Reads `variant` and `version`, the latter without leading zeros. */
export const readHeader = ({ root, positionOf }: Document): Header => {
  const decoded = decodeDocument(root, HEADER, positionOf);
  if (!decoded.ok) {
    return unreadable(`Error unmarshaling yaml: ${decoded.message}`, decoded.faults);
  }
  const variant = textAt(decoded.fields, "variant") ?? "";
  if (variant === "") return unreadable("error parsing variant; must be specified");
  const version = normalVersion(textAt(decoded.fields, "version") ?? "");
  if (version === undefined) {
    return unreadable("error parsing version; must be a valid semver");
  }
  return { ok: true, variant, version };
};

/** What a document says about itself. */
export interface ButaneHeader {
  readonly variant: string;
  /** Without leading zeros. */
  readonly version: string;
  /** Whether `translateButane` makes an Ignition config of it. Documents for OpenShift become machine configs instead. */
  readonly readable: boolean;
  /** Whether the language may still change, so that it is read only where that is asked for. */
  readonly experimental: boolean;
}

/** What language a document is in; undefined where it does not say so, or is no YAML. Reads no more than that. */
export const readButaneHeader = (bytes: Uint8Array): ButaneHeader | undefined => {
  const parsed = parseDocument(bytes);
  const header = parsed.ok ? readHeader(parsed.document) : parsed;
  if (!header.ok) return undefined;
  const { variant, version } = header;
  const dialect = dialectOf(variant, version);
  return {
    variant,
    version,
    readable: dialect !== undefined && dialect.openshift === undefined,
    experimental: dialect?.minor === EXPERIMENTAL_MINOR,
  };
};

/** The language of a header, or why there is none. */
export const dialectFor = (
  variant: string,
  version: string,
  experimental: boolean,
): Dialect | string => {
  if (variant === "rhcos" && version === "0.1.0") {
    return "rhcos variant has been removed; use openshift variant instead: https://coreos.github.io/butane/upgrading-openshift/";
  }
  const dialect = dialectOf(variant, version);
  if (dialect === undefined) {
    return `No translator exists for variant ${variant} with version ${version}`;
  }
  if (dialect.minor === EXPERIMENTAL_MINOR && !experimental) {
    return `version ${version} of variant ${variant} is experimental and was not asked for`;
  }
  return dialect;
};
