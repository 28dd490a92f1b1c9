/** Reading a definition for a command that needs a good one. */
import type { ImageDefinition } from "@slipway/ignition-config";
import { CliError } from "../errors.ts";
import { countFindings, presentReport } from "../present/findings.ts";
import { printableLine } from "../text/printable.ts";
import type { Display } from "../progress/display.ts";
import type { World } from "../world.ts";

/**
 * The definition; what there is to say about it is said.
 * @throws CliError `INVALID_DEFINITION`.
 */
export const readDefinition = async (
  file: string,
  { definitions }: Pick<World, "definitions">,
  display: Pick<Display, "say" | "paint">,
): Promise<ImageDefinition> => {
  const language = await import("@slipway/ignition-config");
  const { report, definition, texts } = await language.loadDefinition(file, definitions);
  for (const text of presentReport(report, texts, language.renderFinding, display.paint)) {
    display.say(text);
  }
  if (definition !== undefined) return definition;
  throw new CliError(
    "INVALID_DEFINITION",
    `${printableLine(file)} cannot be used: ${countFindings(report.findings)}`,
    { hint: "correct what is shown above; `slipway validate FILE` checks without building" },
  );
};
