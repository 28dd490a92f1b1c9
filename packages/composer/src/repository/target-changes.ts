/** What publishing and collecting ask of whoever signs. */
import type { TargetChanges } from "../trust/draft.ts";

/**
 * Makes changes visible to clients, all at once. `decide` is asked while nobody else can change the repository, so that it decides by what is
 * really there; what it throws leaves everything as it was.
 */
export type EditTargets = (decide: () => Promise<TargetChanges>) => Promise<unknown>;
