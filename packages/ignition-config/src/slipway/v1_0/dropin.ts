import { dropinName } from "../../names/unit.ts";
import { object, required, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";
import { unitTextRule } from "./unit-text-rule.ts";

/** One of a unit's `dropins`, merged by `name`. */
export interface DropinFragment {
  readonly name: string;
  readonly contents?: string;
  readonly contents_local?: string;
}

export const dropin: Schema<DropinFragment> = object<DropinFragment>(
  "A drop-in, written to `/etc/systemd/system/UNIT.d/NAME`.",
  {
    name: required(text("Its file name, ending in `.conf`.", { rule: dropinName })),
    contents: text("Its text; without this key no file is written.", {
      freeText: true,
      rule: unitTextRule,
    }),
    contents_local: text(
      "A file with its text, its path relative to the directory of this document.",
    ),
  },
);
