import { readUnitText } from "../../ignition/unit-text.ts";
import type { TextRule } from "../../schema/shape.ts";

/** Contents of a unit or drop-in that Ignition could read. */
export const unitTextRule: TextRule = {
  check: (text) => {
    const read = readUnitText(text);
    if (!("problem" in read)) return undefined;
    return {
      rule: "unit-text",
      message: `line ${read.line} of the unit text: ${read.problem}`,
      hint: "write `[Section]` lines and `Name=value` lines",
    };
  },
};
