/** A config with the configs it refers to taken in, as Ignition does when a machine starts for the first time. */
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { checkIgnition } from "./check.ts";
import { type Entry, hasErrors } from "./entry.ts";
import { readDataUrl } from "./go/data-url.ts";
import { mergeIgnition } from "./merge.ts";
import { parseIgnition } from "./parse.ts";
import type { ConfigAt, ObjectOf } from "./schema/types.ts";
import { translateIgnition } from "./translate.ts";

/** A config in the newest spec, in which rendering is done. */
export type NewestConfig = ConfigAt<7>;

/** A resource in the newest spec. */
export type NewestResource = ObjectOf<"Resource", 7>;

/** What further fetches must heed, as far as the configs read so far say. */
export type FetchSettings = Pick<NewestConfig["ignition"], "timeouts" | "proxy" | "security">;

/** Gets the bytes of a source as they come, not decompressed. It is not asked for `data:` URLs. May reject. */
export type FetchSource = (
  resource: NewestResource,
  settings: FetchSettings,
) => Promise<Uint8Array>;

/** The rendered config, or why there is none. */
export type RenderedIgnition =
  | { readonly config: NewestConfig; readonly report: readonly Entry[] }
  | { readonly failure: string; readonly report: readonly Entry[] };

/** A compressed config of a few kilobytes could otherwise fill any memory. */
export const MAX_CONFIG_BYTES: number = 64 * 2 ** 20;

/** Ignition does not bound this; a config that refers to itself would never end. */
export const MAX_CONFIG_NESTING = 100;

/** All configs of a render; a few that name each other twice would be read more often than a machine lives. */
export const MAX_CONFIGS = 10_000;

/** Thrown and caught in this file only. */
class Failure extends Error {}

const settingsOf = ({ ignition }: NewestConfig): FetchSettings => ({
  ...(ignition.timeouts && { timeouts: ignition.timeouts }),
  ...(ignition.proxy && { proxy: ignition.proxy }),
  ...(ignition.security && { security: ignition.security }),
});

const gunzip = (bytes: Uint8Array): Uint8Array => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_CONFIG_BYTES });
  } catch (cause) {
    throw new Failure(`gzip: ${cause instanceof Error ? cause.message : "cannot be unpacked"}`);
  }
};

class Renderer {
  readonly report: Entry[] = [];
  readonly #fetch: FetchSource;
  #configs = 0;

  constructor(fetch: FetchSource) {
    this.#fetch = fetch;
  }

  async render(
    config: NewestConfig,
    settings: FetchSettings,
    depth: number,
  ): Promise<NewestConfig> {
    if (depth > MAX_CONFIG_NESTING) {
      throw new Failure(`configs refer to each other more than ${MAX_CONFIG_NESTING} deep`);
    }
    const { replace, merge = [] } = config.ignition.config ?? {};
    if (replace?.source !== undefined) {
      const other = await this.#fetchConfig(replace, settings);
      return this.render(other, settingsOf(other), depth + 1);
    }
    let merged = config;
    for (const resource of merge) {
      const other = await this.#fetchConfig(resource, settingsOf(merged));
      // Its own references are fetched by what it says itself, laid over what is known so far.
      const known = settingsOf(mergeIgnition(merged, other, 7).config);
      merged = mergeIgnition(merged, await this.render(other, known, depth + 1), 7).config;
    }
    return merged;
  }

  async #fetchConfig(resource: NewestResource, settings: FetchSettings): Promise<NewestConfig> {
    this.#configs += 1;
    if (this.#configs > MAX_CONFIGS) throw new Failure(`more than ${MAX_CONFIGS} configs`);
    const bytes = await this.#fetchBytes(resource, settings);
    this.#verify(resource, bytes);
    const { report, failure, document } = parseIgnition(bytes, { experimental: true });
    this.report.push(...report);
    if (document === undefined) throw new Failure(failure ?? "config is not valid");
    return translateIgnition(document.config, document.minor, 7);
  }

  async #fetchBytes(resource: NewestResource, settings: FetchSettings): Promise<Uint8Array> {
    const { source = "", compression } = resource;
    const fetched = /^data:/i.test(source)
      ? readDataUrl(source)
      : { bytes: source === "" ? new Uint8Array() : await this.#fetch(resource, settings) };
    if ("problem" in fetched) throw new Failure(fetched.problem);
    return compression === "gzip" ? gunzip(fetched.bytes) : fetched.bytes;
  }

  #verify({ verification }: NewestResource, bytes: Uint8Array): void {
    const hash = verification?.hash;
    if (hash === undefined) return;
    const dash = hash.indexOf("-");
    const name = hash.slice(0, dash) === "sha256" ? "sha256" : "sha512";
    const sum = hash.slice(dash + 1);
    const actual = createHash(name).update(bytes).digest("hex");
    if (actual === sum) return;
    throw new Failure(`hash verification failed (calculated ${actual} but expected ${sum})`);
  }
}

const INVALID_MERGE = "merging configs resulted in an invalid config";

/**
 * Takes in what `ignition.config.replace` and `merge` name, depth first and in order, and checks the result once more, but for items that stand twice.
 * What `fetch` rejects with, this rejects with.
 */
export const renderIgnition = async (
  config: NewestConfig,
  fetch: FetchSource,
): Promise<RenderedIgnition> => {
  const renderer = new Renderer(fetch);
  try {
    const rendered = await renderer.render(config, settingsOf(config), 0);
    const report = [...renderer.report, ...checkIgnition(rendered, 7, { duplicates: false })];
    return hasErrors(report) ? { failure: INVALID_MERGE, report } : { config: rendered, report };
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    return { failure: cause.message, report: renderer.report };
  }
};
