/** A list of targets, of the role `targets` or of one that it delegates to: TUF's client workflow 5.6. */
import { MOST_METADATA_BYTES, roleFile } from "@slipway/release";
import { readDocument } from "./document.ts";
import { refusal } from "./refusal.ts";
import { asBuffer, type Delegator, parseTargets } from "./trusted-set.ts";
import { judge, stillTaken, type Workflow } from "./workflow.ts";

/** Who says which keys a list must be signed with. */
export type Parent = "root" | "targets";

const delegatorOf = ({ set }: Workflow, parent: Parent): Delegator => {
  const delegator = parent === "root" ? set.root : set.targets;
  if (delegator === undefined) throw new Error(`${parent} comes before what it delegates`);
  return delegator;
};

/** Two lists of one version, both rightly signed: somebody has seen another one than we have. */
const isForked = (
  stored: Uint8Array,
  version: number,
  { role, delegator }: { readonly role: string; readonly delegator: Delegator },
): boolean =>
  stillTaken(() => {
    const place = { file: role, source: "what was verified before" };
    const document = readDocument(stored, "targets", place);
    if (document.version !== version) throw new Error("another version");
    delegator.verifyDelegate(role, parseTargets(document));
  });

/**
 * Loads the list of the version that the snapshot names: the one that is known, or the source's.
 * @returns its bytes; the list itself is in the set.
 */
export const loadRole = async (
  workflow: Workflow,
  role: string,
  parent: Parent,
): Promise<Uint8Array> => {
  const { set, known, fetch, placeOf } = workflow;
  const delegator = delegatorOf(workflow, parent);
  const listed = set.snapshot?.signed.meta ?? {};
  const meta = Object.hasOwn(listed, `${role}.json`) ? listed[`${role}.json`] : undefined;
  const snapshot = placeOf(roleFile("snapshot", set.snapshot?.signed.version ?? 0));
  if (meta === undefined) throw refusal("MIXED_UP", snapshot, `does not list ${role}`);
  const file = roleFile(role, meta.version);
  const place = placeOf(file);

  const stored = known.get(role);
  if (stored !== undefined) {
    const take = (): void => set.updateDelegatedTargets(asBuffer(stored), role, parent);
    if (stillTaken(take)) return stored;
    if (
      !stillTaken(() => meta.verify(asBuffer(stored))) &&
      isForked(stored, meta.version, { role, delegator })
    )
      throw refusal(
        "FORKED",
        place,
        `has version ${meta.version}, of which other contents were signed before`,
      );
  }
  const bytes = await fetch(
    file,
    Math.min(meta.length ?? MOST_METADATA_BYTES.targets, MOST_METADATA_BYTES.targets),
  );
  const document = readDocument(bytes, "targets", place);
  const judged = {
    place,
    role,
    document,
    delegators: [delegator],
    badVersion: "MIXED_UP",
  } as const;
  judge(judged, () => set.updateDelegatedTargets(asBuffer(bytes), role, parent));
  return bytes;
};
