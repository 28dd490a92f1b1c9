/** Ignition configs as the program itself would come to them, base configs and merged ones included, ready to be baked. */
import {
  type Config,
  type Entry,
  type FetchSource,
  formatEntry,
  mergeIgnition,
  type NewestConfig,
  parseIgnition,
  type Range,
  renderIgnition,
  settleIgnition,
  translateIgnition,
} from "@slipway/ignition-config";

/** The config needs something that is not to be had here; the message says what. */
export class NotRead extends Error {}
/** The config is refused before anything is made; the message is Ignition's. */
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
  const { config: settled, obstacles, firstBoot } = settleIgnition(config, () => NOWHERE);
  if (firstBoot.length > 0) throw new Invalid(`not to be baked: ${firstBoot.join(", ")}`);
  const [obstacle] = obstacles;
  if (obstacle !== undefined) throw new NotRead(obstacle.violation.message);
  return settled;
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
