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
export type {
  LocalFiles,
  LocalNode,
  LocalProblem,
  LocalRead,
  LocalTree,
} from "./butane/local-files.ts";
export {
  type ButaneOptions,
  type ButaneResult,
  translateButane,
} from "./butane/translate-butane.ts";
export { type ButaneHeader, readButaneHeader } from "./butane/header.ts";
export { BUTANE_VARIANTS, butaneVersions } from "./butane/variants.ts";
export { checkIgnition } from "./ignition/check.ts";
export {
  type Entry,
  type EntryKind,
  formatEntry,
  formatEntryPath,
  hasErrors,
} from "./ignition/entry.ts";
export { type ExpressedIgnition, expressIgnition } from "./ignition/express.ts";
export { ignitionJsonSchema } from "./ignition/json-schema.ts";
export { type Mapping, type MergedIgnition, mergeIgnition } from "./ignition/merge.ts";
export { type ParsedIgnition, parseIgnition, type ValidIgnition } from "./ignition/parse.ts";
export {
  type FetchSettings,
  type FetchSource,
  MAX_CONFIG_BYTES,
  MAX_CONFIG_NESTING,
  MAX_CONFIGS,
  type NewestConfig,
  type NewestResource,
  type RenderedIgnition,
  renderIgnition,
} from "./ignition/render.ts";
export type { Minor } from "./ignition/schema/table.ts";
export type {
  ConfigAt,
  ConfigV3_0,
  ConfigV3_1,
  ConfigV3_2,
  ConfigV3_3,
  ConfigV3_4,
  ConfigV3_5,
  ConfigV3_6,
  ConfigV3_7Experimental,
  ObjectOf,
} from "./ignition/schema/types.ts";
export {
  EXPERIMENTAL_VERSION,
  IGNITION_VERSIONS,
  type IgnitionVersion,
  minorOf,
  type StableVersion,
  versionOf,
} from "./ignition/schema/versions.ts";
export { translateIgnition } from "./ignition/translate.ts";
export type { LineColumn } from "./json/line-index.ts";
export type { DefinitionIo, NodeKind, ReadResult } from "./io.ts";
export { type Loaded, loadDefinition, type LoadOptions } from "./load.ts";
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
  type HealthBlock,
  type IgnitionConfig,
  type ImageBlock,
  type UpdateBlock,
  type ImageDefinition,
  originOf,
  type Origins,
  type Source,
} from "./slipway/definition.ts";
export { MAX_DOCUMENT_BYTES, MAX_DOCUMENTS, MAX_INCLUDE_DEPTH } from "./slipway/read-documents.ts";
export { jsonOrigins, jsonValue } from "./show/json-value.ts";
export type { Origin, ShownValue } from "./show/shown-document.ts";
export { yamlText } from "./show/yaml-text.ts";
export { jsonSchema, type Variant, type VariantVersion } from "./slipway/schemas.ts";
export type { VariableInputs } from "./variables/variable.ts";
