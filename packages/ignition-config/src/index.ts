/** Slipway's configuration language: typings, reading, checking, merging, and errors that point at the text. Pure. */
export type {
  Config,
  DataResource,
  Directory,
  Dropin,
  File,
  Group,
  HttpHeader,
  InlineResource,
  KernelArguments,
  Link,
  LocalResource,
  Node,
  Owner,
  Passwd,
  RemoteResource,
  Resource,
  Storage,
  Systemd,
  Unit,
  User,
  Verification,
} from "./ignition/config.ts";
export type { DefinitionIo, NodeKind, ReadResult } from "./io.ts";
export { type Loaded, loadDefinition } from "./load.ts";
export { isImageVersion } from "./names/image.ts";
export { formatPath } from "./report/format-path.ts";
export { RULES, type RuleId } from "./report/rules.ts";
export type { Json, JsonSchema } from "./schema/json-schema.ts";
export { renderFinding } from "./render/code-frame.ts";
export {
  type Finding,
  isFatal,
  type Level,
  type Path,
  type Position,
  type Range,
  type Report,
} from "./report/finding.ts";
export {
  ARCHITECTURES,
  type Architecture,
  type ImageBlock,
  type ImageDefinition,
  originOf,
  type Origins,
  type Source,
} from "./slipway/definition.ts";
export { MAX_DOCUMENT_BYTES, MAX_DOCUMENTS, MAX_INCLUDE_DEPTH } from "./slipway/read-documents.ts";
export { jsonSchema, type Variant, type VariantVersion } from "./slipway/schemas.ts";
