/** Short ways to translate a document in a test. */
import {
  type ButaneOptions,
  type ButaneResult,
  formatEntry,
  translateButane,
} from "@slipway/ignition-config";

export const translate = (text: string, options?: ButaneOptions): Promise<ButaneResult> =>
  translateButane(new TextEncoder().encode(text), options);

/** The report's lines. */
export const report = async (text: string, options?: ButaneOptions): Promise<readonly string[]> =>
  (await translate(text, options)).report.map(formatEntry);

/** The config of a document that must be valid and without a warning. */
export const configOf = async (text: string, options?: ButaneOptions): Promise<unknown> => {
  const result = await translate(text, options);
  if (result.config === undefined || result.report.length > 0) {
    throw new Error([result.failure, ...result.report.map(formatEntry)].join("\n"));
  }
  return result.config;
};

/** A document of `fcos` with this below its header. */
export const fcos = (body: string, version = "1.5.0"): string =>
  `variant: fcos\nversion: ${version}\n${body}`;
