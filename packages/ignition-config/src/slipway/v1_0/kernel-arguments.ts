import { kernelArgument } from "../../names/boot.ts";
import { object, setOf, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";

/** Arguments in one of two lists: an including document moves one by naming it in the other. */
export interface KernelArgumentsFragment {
  readonly should_exist?: readonly string[];
  readonly should_not_exist?: readonly string[];
}

export const kernelArguments: Schema<KernelArgumentsFragment> = object<KernelArgumentsFragment>(
  "Arguments of the kernel's command line; each at most once in both lists.",
  {
    should_exist: setOf(
      "Arguments to have, in this order.",
      text("An argument, such as `quiet` or `console=ttyS0`.", { rule: kernelArgument }),
    ),
    should_not_exist: setOf(
      "Arguments not to have.",
      text("An argument, such as `quiet` or `console=ttyS0`.", { rule: kernelArgument }),
    ),
  },
  { sharedKeys: ["should_exist", "should_not_exist"] },
);
