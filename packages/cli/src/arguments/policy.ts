/** A rollout's policy from the file that an operator writes. */
import { decodePolicy, formatPath, type RolloutPolicy } from "@slipway/release";
import { load } from "js-yaml";
import { CliError, type CliErrorDetails } from "../errors.ts";
import type { World } from "../world.ts";

/** A policy has a page. */
const MOST_BYTES = 64 * 1024;

const invalid = (file: string, what: string, details: CliErrorDetails): CliError =>
  new CliError("INVALID_POLICY", `${file}: ${what}`, details);

/** @throws CliError `INVALID_POLICY` with everything that is wrong with it. */
export const parsePolicy = (file: string, text: string): RolloutPolicy => {
  let value: unknown;
  try {
    value = load(text);
  } catch (cause) {
    throw invalid(file, "is not YAML", { cause, hint: "correct it at the place named" });
  }
  const decoded = decodePolicy(value);
  if (decoded.ok) return decoded.value;
  const [first] = decoded.findings;
  const lines = decoded.findings.map(({ message, path }) =>
    message.startsWith(formatPath(path)) ? message : `${formatPath(path)}: ${message}`,
  );
  throw invalid(file, lines.join("\n"), {
    hint: first?.hint ?? "correct these places; docs/repository.md shows a policy",
  });
};

/** @throws CliError `INVALID_POLICY` */
export const readPolicy = async (
  file: string,
  { definitions }: Pick<World, "definitions">,
): Promise<RolloutPolicy> => {
  const read = await definitions.read(file, MOST_BYTES);
  if (!read.ok) {
    throw invalid(file, `cannot be read: ${read.detail === "" ? read.reason : read.detail}`, {
      hint: "name a file with a rollout's policy",
    });
  }
  return parsePolicy(file, new TextDecoder().decode(read.bytes));
};
