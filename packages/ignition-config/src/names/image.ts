import type { TextRule } from "../schema/shape.ts";
import { patternRule } from "./pattern-rule.ts";

/** Part of file names on FAT, where case is lost, so lower case only; `_` separates it from the version. */
export const imageName: TextRule = patternRule(
  "image-name",
  "^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$",
  {
    what: "image name",
    hint: "use at most 32 of a-z, 0-9 and `-`, the first and last no `-`",
    correct: (text) => text.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-"),
  },
);

/**
 * The characters of UAPI.10 that are safe in a FAT file name between `_` and `+3.efi`: neither of those two.
 * It begins and ends with a letter or digit, so that it is a file name and no option.
 */
export const imageVersion: TextRule = patternRule(
  "image-version",
  "^[a-zA-Z0-9](?:[a-zA-Z0-9.~^-]{0,62}[a-zA-Z0-9])?$",
  {
    what: "image version",
    hint: "use at most 64 of a-z, A-Z, 0-9, `.`, `~`, `^` and `-`, the first and last a letter or digit",
    correct: (text) => text.replaceAll(/[_+]/g, "-"),
  },
);

/** Whether a text may be an image's version, for versions that come from elsewhere than a definition. */
export const isImageVersion = (text: string): boolean => imageVersion.check(text) === undefined;
