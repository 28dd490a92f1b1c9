import { absolutePath } from "../../names/absolute-path.ts";
import { decimalModeProblem, MAX_MODE } from "../../names/mode.ts";
import { bool, int, object, required, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";
import { nodeGroup, nodeUser, type OwnerFragment } from "./owner.ts";

/** One of `storage.directories`, merged by `path`. */
export interface DirectoryFragment {
  readonly path: string;
  readonly overwrite?: boolean;
  readonly mode?: number;
  readonly user?: OwnerFragment;
  readonly group?: OwnerFragment;
}

export const directory: Schema<DirectoryFragment> = object<DirectoryFragment>(
  "A directory of the image.",
  {
    path: required(text("Its absolute path.", { rule: absolutePath })),
    overwrite: bool(
      "Whether what stands there is removed first, with everything below. Default: no.",
    ),
    mode: int("Its permissions in octal, such as `0755`. Default: 0755 for a new directory.", {
      min: 0,
      max: MAX_MODE,
      notation: "octal",
      check: decimalModeProblem(true),
    }),
    user: nodeUser,
    group: nodeGroup,
  },
);
