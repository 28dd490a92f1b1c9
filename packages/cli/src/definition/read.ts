/** Reading a definition for a command that needs a good one. */
import type {
  Finding,
  ImageDefinition,
  ShownValue,
  VariableInputs,
} from "@slipway/ignition-config";
import { CliError } from "../errors.ts";
import { countFindings, presentReport } from "../present/findings.ts";
import type { Display } from "../progress/display.ts";
import { printableLine } from "@slipway/host/command-line";
import type { World } from "../world.ts";

export interface ReadDefinition {
  readonly definition: ImageDefinition;
  /** The merged document, to be shown. */
  readonly document: () => ShownValue;
  /** Shows findings with the lines they are about, and makes the error that stops the command. */
  readonly refuse: (
    code: "INVALID_DEFINITION" | "TREE_REFUSED",
    findings: readonly Finding[],
  ) => CliError;
}

/**
 * The definition; what there is to say about it is said.
 * @throws CliError `INVALID_DEFINITION`.
 */
export const readDefinition = async (
  { file, variables }: { readonly file: string; readonly variables: VariableInputs },
  { definitions }: Pick<World, "definitions">,
  { say, paint }: Pick<Display, "say" | "paint">,
): Promise<ReadDefinition> => {
  const { loadDefinition, renderFinding } = await import("@slipway/ignition-config");
  const loaded = await loadDefinition(file, definitions, { variables });
  const { report, definition, document, texts } = loaded;
  const show = (findings: readonly Finding[]): void => {
    for (const text of presentReport(findings, texts, renderFinding, paint)) say(text);
  };
  const refuse: ReadDefinition["refuse"] = (code, findings) => {
    show(findings);
    return new CliError(code, `${printableLine(file)} cannot be used: ${countFindings(findings)}`, {
      hint: "correct what is shown above",
    });
  };
  if (definition === undefined || document === undefined)
    throw refuse("INVALID_DEFINITION", report.findings);
  show(report.findings);
  return { definition, document, refuse };
};
