/** A published manifest from the bytes that a repository serves, and back. */
import { ARCHITECTURES } from "../architecture.ts";
import { encodeCanonical, parseCanonical } from "../wire/canonical-json.ts";
import { type Decoded, formatPath } from "../wire/finding.ts";
import {
  type Bounds,
  finish,
  type ObjectReader,
  type Problems,
  readObject,
  readSchema,
} from "../wire/reader.ts";
import { DIGEST, IMAGE_NAME, MOMENT, NAME, SIZE, UUID, VERSION } from "../wire/shapes.ts";
import {
  type AgentNeeds,
  CARRIED,
  type FileFacts,
  MIB,
  type ReleaseManifest,
  type Transport,
} from "./manifest.ts";

/** What an older reader must not overlook raises it; what it may, does not. */
export const MANIFEST_SCHEMA = 1;

export const MAX_MANIFEST_BYTES: number = 256 * 1024;

const MAX_TRANSPORTS = 512;

/** An epoch that a slip made huge would shut a fleet out from everything after it. */
export const SECURITY_EPOCH: Bounds = { min: 0, max: 1_000_000 };

export const MINIMAL_SLOT: Bounds = { min: 1, max: SIZE.max / MIB };

const KERNEL_RELEASE = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9.~+_-]{0,63}$/,
  is: "a kernel release: up to 64 letters, digits and .~+_-, a letter or digit first",
};

const BOOT_ENTRY = {
  // Becomes a file's name on FAT: neither a way out of the directory nor a name that begins with a dot.
  pattern: /^[A-Za-z0-9][A-Za-z0-9.~^_+-]{0,200}\.efi$/,
  is: "the name of a file that ends in .efi: letters, digits and .~^_+-, a letter or digit first",
};

const readFileFacts = (reader: ObjectReader): FileFacts => ({
  size: reader.integer("size", SIZE),
  sha256: reader.string("sha256", DIGEST),
});

const readTransport = (reader: ObjectReader): Transport => {
  const from = reader.optional("from", () => {
    const predecessor = reader.object("from");
    return {
      version: predecessor.string("version", VERSION),
      sha256: predecessor.string("sha256", DIGEST),
    };
  });
  return {
    of: reader.choice("of", CARRIED),
    format: reader.string("format", NAME),
    ...(from === undefined ? {} : { from }),
    file: readFileFacts(reader.object("file")),
  };
};

/** Which agents the release asks for and has inside. */
export const readAgent = (reader: ObjectReader): AgentNeeds => {
  const included = reader.optional("included", () => reader.string("included", VERSION));
  return {
    minimal: reader.string("minimal", VERSION),
    ...(included === undefined ? {} : { included }),
  };
};

const readContents = (reader: ObjectReader): { readonly contents?: FileFacts } => {
  const contents = reader.optional("contents", () => readFileFacts(reader.object("contents")));
  return contents === undefined ? {} : { contents };
};

const readManifest = (reader: ObjectReader): ReleaseManifest => ({
  image: reader.string("image", IMAGE_NAME),
  version: reader.string("version", VERSION),
  architecture: reader.choice("architecture", ARCHITECTURES),
  created: reader.integer("created", MOMENT),
  securityEpoch: reader.integer("securityEpoch", SECURITY_EPOCH),
  roothash: reader.string("roothash", DIGEST),
  salt: reader.string("salt", DIGEST),
  rootUuid: reader.string("rootUuid", UUID),
  verityUuid: reader.string("verityUuid", UUID),
  kernelRelease: reader.string("kernelRelease", KERNEL_RELEASE),
  bootEntry: reader.string("bootEntry", BOOT_ENTRY),
  root: readFileFacts(reader.object("root")),
  verity: readFileFacts(reader.object("verity")),
  uki: readFileFacts(reader.object("uki")),
  packages: readFileFacts(reader.object("packages")),
  sbom: readFileFacts(reader.object("sbom")),
  ...readContents(reader),
  minimalSlotMib: reader.integer("minimalSlotMib", MINIMAL_SLOT),
  agent: readAgent(reader.object("agent")),
  transports: reader.list("transports", MAX_TRANSPORTS, readTransport),
});

const checkSlot = ({ root, minimalSlotMib }: ReleaseManifest, problems: Problems): void => {
  if (root.size > minimalSlotMib * MIB)
    problems.error(
      "contradiction",
      ["minimalSlotMib"],
      `${formatPath(["minimalSlotMib"])} is ${minimalSlotMib}, but the root image has ${root.size} bytes`,
      "publish the release again",
    );
};

/** The manifest that a value is, or everything that is wrong with it. Members of other names are left aside. */
export const decodeManifest = (value: unknown): Decoded<ReleaseManifest> => {
  const problems = readSchema(value, MANIFEST_SCHEMA, "the manifest");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const manifest = readManifest(readObject(value, [], problems));
  if (problems.findings().length === 0) checkSlot(manifest, problems);
  return finish(manifest, problems);
};

/** The manifest that a published file is. The caller has checked the file's digest against signed metadata. */
export const parseManifestFile = (bytes: Uint8Array): Decoded<ReleaseManifest> => {
  const parsed = parseCanonical(bytes, { maxBytes: MAX_MANIFEST_BYTES, what: "the manifest" });
  return parsed.ok ? decodeManifest(parsed.value) : parsed;
};

/** The one text of a manifest, as it is published. */
export const encodeManifest = (manifest: ReleaseManifest): string =>
  encodeCanonical({ schema: MANIFEST_SCHEMA, ...manifest });
