import type { Finding } from "@slipway/ignition-config";
import { finding } from "../bake/finding.ts";
import { TreeError } from "../bake/tree-error.ts";

/** A tree that cannot be brought into its form is a finding; anything else that goes wrong is thrown. */
export const contractFindings = (
  work: () => readonly Finding[],
): { readonly findings: readonly Finding[] } => {
  try {
    return { findings: work() };
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    return { findings: [finding("error", "writable-place", error.message)] };
  }
};
