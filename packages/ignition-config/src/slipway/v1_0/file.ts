import { absolutePathBelowRoot } from "../../names/absolute-path.ts";
import { decimalModeProblem, MAX_MODE } from "../../names/mode.ts";
import { bool, int, object, required, sequenceOf, text } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { nodeGroup, nodeUser, type OwnerFragment } from "./owner.ts";
import { resource, type ResourceFragment } from "./resource.ts";

/** One of `storage.files`, merged by `path`. */
export interface FileFragment {
  readonly path: string;
  readonly overwrite?: boolean;
  readonly mode?: number;
  readonly user?: OwnerFragment;
  readonly group?: OwnerFragment;
  readonly contents?: ResourceFragment;
  readonly append?: readonly ResourceFragment[];
}

/** Whether the resource says where its bytes come from. */
const hasSource = ({ inline, local, source, secret }: ResourceFragment): boolean =>
  (inline ?? local ?? source ?? secret) !== undefined;

const check = (file: FileFragment, say: Say): void => {
  const contents = file.contents;
  if (file.overwrite === true && (contents === undefined || !hasSource(contents))) {
    say(file, contents === undefined ? ["overwrite"] : ["contents"], {
      rule: "overwrite-without-contents",
      message: "the file would be removed, but there are no contents to write instead",
      hint: 'add `contents` (`inline: ""` for an empty file), or remove `overwrite`',
    });
  }
  for (const [index, part] of (file.append ?? []).entries()) {
    if (hasSource(part)) continue;
    say(file, ["append", index], {
      rule: "missing-source",
      message: "nothing to append",
      hint: "add `inline`, `local` or `source`",
    });
  }
};

export const file: Schema<FileFragment> = object<FileFragment>(
  "A regular file of the image.",
  {
    path: required(text("Its absolute path.", { rule: absolutePathBelowRoot })),
    overwrite: bool("Whether what stands there is removed first. Needs `contents`. Default: no."),
    mode: int("Its permissions in octal, such as `0644`. Default: 0644 for a new file.", {
      min: 0,
      max: MAX_MODE,
      notation: "octal",
      check: decimalModeProblem(false),
    }),
    user: nodeUser,
    group: nodeGroup,
    contents: resource,
    append: sequenceOf("Added to the end of the contents, in order.", resource),
  },
  { check },
);
