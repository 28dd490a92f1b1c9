import { absolutePathBelowRoot } from "../../names/absolute-path.ts";
import { bool, object, required, text } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { nodeGroup, nodeUser, type OwnerFragment } from "./owner.ts";

/** One of `storage.links`, merged by `path`. */
export interface LinkFragment {
  readonly path: string;
  readonly target?: string;
  readonly hard?: boolean;
  readonly overwrite?: boolean;
  readonly user?: OwnerFragment;
  readonly group?: OwnerFragment;
}

const check = (link: LinkFragment, say: Say): void => {
  if (link.target === undefined || link.target === "") {
    say(link, ["target"], {
      rule: "missing-key",
      message: `"target" is required`,
      hint: "say what the link points to",
    });
  }
  if (link.hard !== true) return;
  for (const name of ["user", "group"] as const) {
    if (link[name] === undefined) continue;
    say(link, [name], {
      rule: "hard-link-owner",
      message: `\`${name}\` of a hard link is ignored`,
      hint: "set the owner of the file it points to",
    });
  }
};

export const link: Schema<LinkFragment> = object<LinkFragment>(
  "A symbolic or hard link of the image.",
  {
    path: required(text("Its absolute path.", { rule: absolutePathBelowRoot })),
    target: text("What it points to; for a hard link a path from the root of the image."),
    hard: bool("Whether it is a hard link. Default: no."),
    overwrite: bool("Whether what stands there is removed first. Default: no."),
    user: nodeUser,
    group: nodeGroup,
  },
  { check },
);
