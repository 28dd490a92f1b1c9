/** Ignition configs as the program itself would come to them, base configs and merged ones included, ready to be baked. */
import {
  type Config,
  type Entry,
  type FetchSource,
  expressIgnition,
  formatEntry,
  loadDefinition,
  mergeIgnition,
  type NewestConfig,
  parseIgnition,
  type Range,
  renderIgnition,
  translateIgnition,
} from "@slipway/ignition-config";

/** The config needs something that is not to be had here; the message says what. */
export class NotRead extends Error {}
/** The config is refused before anything is made; the message says why. */
export class Invalid extends Error {}

/** A place for values that no document holds. */
export const NOWHERE: Range = {
  file: "config.ign",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

/** A file of the directory that holds a distribution's own configs. */
export interface SystemFile {
  readonly Name: string;
  readonly Directory: string;
  readonly Contents: string;
}

export interface ReadOptions {
  readonly system?: readonly SystemFile[];
  /** How configs that are not `data:` URLs are fetched; without it they are not. */
  readonly fetch?: FetchSource;
}

/** @throws Invalid, NotRead */
export const readIgnition = async (
  text: string,
  { system = [], fetch = notFetched }: ReadOptions = {},
): Promise<Config> => {
  let config: NewestConfig = { ignition: { version: "3.7.0-experimental" } };
  // What a distribution ships comes first, then what it ships for the platform, each by the file's name; no config at all is one that says nothing.
  const texts = [...directory(system, "base.d"), ...directory(system, "base.platform.d/file")];
  for (const one of text === "" ? texts : [...texts, text]) {
    config = mergeIgnition(config, await render(parse(one), fetch), 7).config;
  }
  return settle(config);
};

/** The document that takes the config in, as a definition of people's does. */
const DEFINITION = `variant: slipway
version: 1.0.0
include: [config.ign]
image: { name: recorded, version: "1" }
`;

/** What the composer bakes of it: by the way of every Ignition config that a definition includes. */
const settle = async (config: NewestConfig): Promise<Config> => {
  // What it took in is in it.
  const whole = { ...config, ignition: { version: config.ignition.version } };
  const expressed = expressIgnition(whole, 7, 6);
  if ("refusals" in expressed) throw invalid(expressed.refusals);
  const files: Readonly<Record<string, string>> = {
    "node.yaml": DEFINITION,
    "config.ign": JSON.stringify(expressed.config),
  };
  const { definition, report } = await loadDefinition("node.yaml", {
    read: async (name) => ({ ok: true, bytes: Buffer.from(files[name] ?? "") }),
    kind: async (name) => (Object.hasOwn(files, name) ? "file" : "missing"),
  });
  if (definition === undefined) {
    const errors = report.findings.filter(({ level }) => level === "error");
    throw new Invalid(errors.map(({ rule, message }) => `[${rule}] ${message}`).join("; "));
  }
  if (definition.firstBoot !== undefined) throw new Invalid("not to be baked");
  return definition.config;
};

const notFetched: FetchSource = async () => {
  throw new NotRead("merges a remote config");
};

const directory = (system: readonly SystemFile[], name: string): readonly string[] =>
  system
    .filter((file) => file.Directory === name)
    .toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
    .map((file) => file.Contents);

const parse = (text: string): NewestConfig => {
  const { document, report, failure } = parseIgnition(Buffer.from(text), { experimental: true });
  if (document === undefined) throw invalid(report, failure);
  return translateIgnition(document.config, document.minor, 7);
};

const render = async (config: NewestConfig, fetch: FetchSource): Promise<NewestConfig> => {
  const rendered = await renderIgnition(config, fetch);
  if ("failure" in rendered) throw invalid(rendered.report, rendered.failure);
  return rendered.config;
};

const invalid = (report: readonly Entry[], failure = "config is not valid"): Invalid =>
  new Invalid([...report.map((entry) => formatEntry(entry)), failure].join("; "));
