import { componentName, mirrorUrl, packageName, suiteName } from "../../names/debian.ts";
import { object, setOf, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";

/** Where the packages come from and which they are. */
export interface DebianFragment {
  readonly suite?: string;
  readonly components?: readonly string[];
  readonly packages?: readonly string[];
  readonly mirror?: string;
}

export const DEFAULT_SUITE = "trixie";
export const DEFAULT_COMPONENTS: readonly string[] = ["main"];

export const debian: Schema<DebianFragment> = object<DebianFragment>(
  "The Debian packages of the image.",
  {
    suite: text(`Suite to take them from. Default: ${DEFAULT_SUITE}.`, {
      rule: suiteName,
      defaultValue: DEFAULT_SUITE,
    }),
    components: setOf(
      "Components of the archive; those of included documents come first. Default: main.",
      text("A component, such as `non-free-firmware`.", { rule: componentName }),
      { minItems: 1, defaultValue: DEFAULT_COMPONENTS },
    ),
    packages: setOf(
      "Packages to install with all they depend on; those of included documents come first.",
      text("A binary package's name.", { rule: packageName }),
    ),
    mirror: text("URL of the archive. Default: the builder's own choice.", { rule: mirrorUrl }),
  },
);
