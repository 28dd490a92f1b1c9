/**
 * The client workflow of the TUF specification against one source: the order of its steps. Each judgement is tuf-js's, after the form of the file
 * was checked here.
 */
import type { TrustedMetadataStore } from "tuf-js/dist/store.js";
import type { RepositorySource } from "../fetch/source.ts";
import { checkDelegations } from "./delegations.ts";
import { updateSnapshot, updateTimestamp } from "./online-state.ts";
import { loadRole } from "./role-file.ts";
import { checkRootExpiry, walkRoots } from "./root-chain.ts";
import { openSet } from "./trusted-set.ts";
import {
  type FetchOptions,
  fetcherOf,
  type Now,
  type RoleFiles,
  type Workflow,
} from "./workflow.ts";

export interface Attempt extends FetchOptions {
  readonly source: RepositorySource;
  readonly known: { readonly root: Uint8Array; readonly roles: RoleFiles };
  readonly now: Now;
  /** Called with a newer root as soon as it is verified (5.3.8), whatever becomes of the rest. */
  readonly keepRoot: (root: Uint8Array) => Promise<void>;
}

/** What one source led to: a whole, every part verified against the others. */
export interface Verified {
  readonly set: TrustedMetadataStore;
  readonly roles: RoleFiles;
  /** False where the source had nothing that was not known. */
  readonly isNews: boolean;
}

/** Lists that are known of roles which are still there: whether they are current shows when they are asked for. */
const keptLists = ({ set, known }: Workflow): RoleFiles =>
  new Map(
    [...known].filter(([role]) => Object.hasOwn(set.snapshot?.signed.meta ?? {}, `${role}.json`)),
  );

/** @throws ReceiverError where the source is not reached, or what it serves is refused. */
export const refreshFrom = async (attempt: Attempt): Promise<Verified> => {
  const { source, known, now, keepRoot } = attempt;
  const set = openSet(known.root, now.at);
  const workflow: Workflow = {
    set,
    known: known.roles,
    now,
    fetch: fetcherOf(source, attempt),
    placeOf: (file) => ({ file, source: source.name }),
  };
  await walkRoots(workflow, keepRoot);
  await checkRootExpiry(workflow);
  const timestamp = await updateTimestamp(workflow);
  const snapshot = await updateSnapshot(workflow);
  const targets = await loadRole(workflow, "targets", "root");
  if (set.targets !== undefined)
    checkDelegations(set.targets, workflow.placeOf("metadata/targets.json"));
  const roles = new Map(keptLists(workflow))
    .set("timestamp", timestamp.bytes)
    .set("snapshot", snapshot)
    .set("targets", targets);
  return { set, roles, isNews: timestamp.isNews };
};
