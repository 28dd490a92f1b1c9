/** From the root that is trusted to the newest one: TUF's client workflow 5.3. */
import { MOST_METADATA_BYTES, roleFile, TIMESTAMP_FILE } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type Document, readDocument } from "./document.ts";
import { MOST_ROTATIONS } from "./limits.ts";
import { type Place, refusal } from "./refusal.ts";
import { asBuffer, parseRoot, parseTimestamp, type RootMetadata } from "./trusted-set.ts";
import { judge, type Workflow } from "./workflow.ts";

const nextRoot = async (workflow: Workflow, file: string): Promise<Uint8Array | undefined> => {
  try {
    return await workflow.fetch(file, MOST_METADATA_BYTES.root);
  } catch (error) {
    if (error instanceof ReceiverError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
};

const parse = (document: Document, place: Place): RootMetadata => {
  let parsed: RootMetadata | undefined;
  judge({ place, role: "root", document, delegators: [], badVersion: "MIXED_UP" }, () => {
    parsed = parseRoot(document);
  });
  if (parsed === undefined) throw refusal("BAD_METADATA", place, "is no root");
  return parsed;
};

/** One step: the next root, signed by a threshold of the keys of the one before and of its own (5.3.4), and of the next version (5.3.5). */
const stepOn = async (workflow: Workflow): Promise<Uint8Array | undefined> => {
  const { set, placeOf } = workflow;
  const file = roleFile("root", set.root.signed.version + 1);
  const bytes = await nextRoot(workflow, file);
  if (bytes === undefined) return undefined;
  const place = placeOf(file);
  const document = readDocument(bytes, "root", place);
  const delegators = [set.root, parse(document, place)];
  judge({ place, role: "root", document, delegators, badVersion: "MIXED_UP" }, () =>
    set.updateRoot(asBuffer(bytes)),
  );
  return bytes;
};

/**
 * Walks from root to root. That there is no further one is what a source says; a source that keeps one back is stopped by the expiry of
 * everything below.
 * @param keepRoot is called with the newest root that was verified (5.3.8), also where the walk breaks off: what was reached is not lost.
 */
export const walkRoots = async (
  workflow: Workflow,
  keepRoot: (root: Uint8Array) => Promise<void>,
): Promise<void> => {
  let newest: Uint8Array | undefined;
  try {
    for (let step = 0; step < MOST_ROTATIONS; step += 1) {
      const next = await stepOn(workflow);
      if (next === undefined) break;
      newest = next;
    }
  } finally {
    if (newest !== undefined) await keepRoot(newest);
  }
};

/** Whether a timestamp that the root's keys signed is expired too; without such a timestamp there is no telling. */
const timestampExpired = async ({ set, now, fetch, placeOf }: Workflow): Promise<boolean> => {
  try {
    const bytes = await fetch(TIMESTAMP_FILE, MOST_METADATA_BYTES.timestamp);
    const timestamp = parseTimestamp(readDocument(bytes, "timestamp", placeOf(TIMESTAMP_FILE)));
    set.root.verifyDelegate("timestamp", timestamp);
    return timestamp.signed.isExpired(now.at);
  } catch {
    return false;
  }
};

/**
 * 5.3.10: nothing is taken from an expired root. A root lives a year and the timestamp a week, and the online keys alone keep the timestamp
 * fresh: where both are over, the machine's clock is likelier to be wrong than everybody else is to be gone. This chooses the words and the code
 * alone; the root is refused either way.
 * @throws ReceiverError EXPIRED, CLOCK_AHEAD
 */
export const checkRootExpiry = async (workflow: Workflow): Promise<void> => {
  const { set, now, placeOf } = workflow;
  if (!set.root.signed.isExpired(now.at)) return;
  const place = placeOf(roleFile("root", set.root.signed.version));
  if (now.bySystemClock && (await timestampExpired(workflow)))
    throw refusal(
      "CLOCK_AHEAD",
      place,
      `expired on ${set.root.signed.expires}, and so did everything else by this machine's clock, which says ${now.at.toISOString()}`,
    );
  throw refusal(
    "EXPIRED",
    place,
    `expired on ${set.root.signed.expires}, and none newer is there`,
    {
      hint: "publish a new root, signed by the holders of the root keys, and check this machine's clock",
    },
  );
};
