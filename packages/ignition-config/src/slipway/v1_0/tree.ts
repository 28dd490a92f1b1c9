import { absolutePath } from "../../names/absolute-path.ts";
import { decimalModeProblem, MAX_MODE } from "../../names/mode.ts";
import { int, object, required, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";
import { nodeGroup, nodeUser, type OwnerFragment } from "./owner.ts";

/** One of `storage.trees`; written out as files and links before documents are merged. */
export interface TreeFragment {
  readonly local: string;
  readonly path?: string;
  readonly user?: OwnerFragment;
  readonly group?: OwnerFragment;
  readonly file_mode?: number;
  readonly dir_mode?: number;
}

export const tree: Schema<TreeFragment> = object<TreeFragment>(
  "A directory beside the document, copied with all that is in it.",
  {
    local: required(text("Its path, relative to the directory of this document.")),
    path: text("Where it goes. Default: /.", { rule: absolutePath }),
    user: nodeUser,
    group: nodeGroup,
    file_mode: int(
      "Permissions of all its files in octal. Default: 0755 for programs, else 0644.",
      {
        min: 0,
        max: MAX_MODE,
        notation: "octal",
        check: decimalModeProblem(false),
      },
    ),
    dir_mode: int("Permissions of all its directories in octal. Default: 0755.", {
      min: 0,
      max: MAX_MODE,
      notation: "octal",
      check: decimalModeProblem(true),
    }),
  },
);
