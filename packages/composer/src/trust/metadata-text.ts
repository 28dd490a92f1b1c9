/** Metadata between values and the bytes of a file. Pure. */
import {
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import { isTopRole, mostBytes, type Role } from "@slipway/release";

type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** What a role signs. */
export type Signed = Root | Targets | Snapshot | Timestamp;

/** A role's metadata with the bytes of its file. */
export interface Document<T extends Signed = Signed> {
  readonly role: Role;
  readonly metadata: Metadata<T>;
  readonly bytes: Uint8Array;
}

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};

/**
 * The one text of a value: no white space, members in the order of their names. It is canonical JSON wherever that form is JSON as well, which
 * leaves out the line feeds of a PEM key.
 */
const oneText = (value: Json): string => JSON.stringify(sorted(value));

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value, if it survives being written as JSON whole: no fractions, nothing undefined. */
export const asJson = (value: unknown): Json => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => [name, asJson(member)]),
    );
  throw new TypeError(`a ${typeof value} like this one has no canonical form`);
};

/** The bytes of a metadata file. */
export const encodeMetadata = (metadata: Metadata<Signed>): Uint8Array =>
  Buffer.from(oneText(metadata.toJSON()), "utf8");

export const badRepository = (message: string, cause?: unknown): ComposerError =>
  new ComposerError("REPOSITORY_INVALID", message, {
    ...(cause === undefined ? {} : { cause }),
    hint: "somebody else may have written to the repository: compare it with a copy, and sign nothing before you know why",
  });

/** The JSON object that a file is, if it is spelt the one way: a member that occurs twice shows in that. */
const parseObject = (bytes: Uint8Array, role: Role, name: string): JsonObject => {
  if (bytes.length > mostBytes(role))
    throw badRepository(`${name} has ${bytes.length} bytes, more than ${mostBytes(role)}`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw badRepository(`${name} is not JSON`, cause);
  }
  if (!isJsonObject(value)) throw badRepository(`${name} is no JSON object`);
  if (oneText(value) !== text)
    throw badRepository(`${name} is not spelt as Slipway spells metadata`);
  return value;
};

const checkVersion = ({ signed }: Metadata<Signed>, name: string): void => {
  if (!Number.isSafeInteger(signed.version) || signed.version < 1)
    throw badRepository(`${name} has version ${signed.version}, which is no version`);
};

const HEX = /^(?:[0-9a-f]{2})+$/;

/** Where a signature is not hex, Node reads as far as it is: many texts would be one signature. */
const checkSignatureTexts = ({ signatures }: Metadata<Signed>, name: string): void => {
  const wrong = Object.values(signatures).find(({ sig }) => !HEX.test(sig));
  if (wrong !== undefined)
    throw badRepository(`${name} has a signature of key ${wrong.keyID} that is not in hex`);
};

/** The metadata that `read` makes of a file, whose signatures nobody has looked at yet. */
const decodeWith = <T extends Signed>(
  bytes: Uint8Array,
  { role, name }: { readonly role: Role; readonly name: string },
  read: (value: JsonObject) => Metadata<T>,
): Document<T> => {
  const value = parseObject(bytes, role, name);
  let metadata: Metadata<T>;
  try {
    metadata = read(value);
  } catch (cause) {
    throw badRepository(`${name} is no metadata of ${role}`, cause);
  }
  checkVersion(metadata, name);
  checkSignatureTexts(metadata, name);
  return { role, metadata, bytes };
};

export const decodeRoot = (bytes: Uint8Array, name: string): Document<Root> =>
  decodeWith(bytes, { role: "root", name }, (value) => Metadata.fromJSON(MetadataKind.Root, value));

export const decodeTimestamp = (bytes: Uint8Array, name: string): Document<Timestamp> =>
  decodeWith(bytes, { role: "timestamp", name }, (value) =>
    Metadata.fromJSON(MetadataKind.Timestamp, value),
  );

export const decodeSnapshot = (bytes: Uint8Array, name: string): Document<Snapshot> =>
  decodeWith(bytes, { role: "snapshot", name }, (value) =>
    Metadata.fromJSON(MetadataKind.Snapshot, value),
  );

export const decodeTargets = (bytes: Uint8Array, role: Role, name: string): Document<Targets> => {
  if (role !== "targets" && isTopRole(role)) throw new TypeError(`${role} lists no files`);
  return decodeWith(bytes, { role, name }, (value) =>
    Metadata.fromJSON(MetadataKind.Targets, value),
  );
};
