import type { Frame } from "../frames/frame-table.ts";
import type { Fetch, Operation, Plan } from "./plan.ts";

/** A frame that a fetch brings. */
export interface FrameStep {
  readonly kind: "frame";
  /** Where in the target. */
  readonly target: number;
  readonly length: number;
  readonly frame: Frame;
  /** Which one; its frames follow each other without another step between them. */
  readonly fetch: Fetch;
}

export type Step = Operation | FrameStep;

/**
 * All that a plan does, in the target's order, for those who write from its first byte to its last: each step begins where the one
 * before ends, but for what was done already.
 */
export const stepsOf = ({
  operations,
  fetches,
}: Pick<Plan, "operations" | "fetches">): readonly Step[] => {
  const frames = fetches.flatMap((fetch) =>
    fetch.frames.map((frame): Step => {
      const { offset, length } = frame;
      return { kind: "frame", target: offset, length, frame, fetch };
    }),
  );
  return [...operations, ...frames].toSorted((a, b) => a.target - b.target);
};
