/** Timestamp and snapshot: TUF's client workflow 5.4 and 5.5. */
import { isDeepStrictEqual } from "node:util";
import { MOST_METADATA_BYTES, roleFile, TIMESTAMP_FILE } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type Document, readDocument } from "./document.ts";
import { type Place, refusal } from "./refusal.ts";
import { asBuffer, parseTimestamp } from "./trusted-set.ts";
import type { Judged } from "./tuf-refusal.ts";
import { judge, stillTaken, type Workflow } from "./workflow.ts";

const forked = (place: Place, version: number): Error =>
  refusal("FORKED", place, `has version ${version}, of which other contents were signed before`);

const checkExpiry = (
  signed: { readonly expires: string; isExpired(at: Date): boolean },
  { at }: Workflow["now"],
  place: Place,
): void => {
  if (signed.isExpired(at)) throw refusal("EXPIRED", place, `expired on ${signed.expires}`);
};

/** A repository that signs at all signs every day. */
const LONG_EXPIRED_MS = 30 * 86_400_000;

/**
 * Whether it sounds as if the clock were ahead: the timestamp was signed after the one that was believed last, so somebody keeps the repository
 * going, and yet it ended long ago by the machine's clock. This chooses the words and the code alone.
 */
const soundsAhead = (document: Document, markVersion: number, now: Workflow["now"]): boolean =>
  now.bySystemClock &&
  document.version > markVersion &&
  now.at.getTime() - document.expires.getTime() > LONG_EXPIRED_MS;

/** 5.4.2 to 5.4.4 for a timestamp of another version than the known one's. */
const judgeNews = (
  { set, now }: Workflow,
  bytes: Uint8Array,
  judged: Judged,
  markVersion: number | undefined,
): void => {
  try {
    judge(judged, () => set.updateTimestamp(asBuffer(bytes)));
  } catch (error) {
    const { document, place } = judged;
    const isExpired = error instanceof ReceiverError && error.code === "EXPIRED";
    if (!isExpired || markVersion === undefined || !soundsAhead(document, markVersion, now))
      throw error;
    throw refusal(
      "CLOCK_AHEAD",
      place,
      `is newer than the one that was believed last, and expired on ${document.expires.toISOString()} by this machine's clock, which says ${now.at.toISOString()}`,
      { cause: error },
    );
  }
};

/**
 * 5.4, with the timestamp that is known as the mark below which none is taken. Where the keys of the role were replaced, the known one no longer
 * verifies and is no mark any more (5.3.11): that is the way back from a version that somebody ran up with a stolen key.
 */
export const updateTimestamp = async (
  workflow: Workflow,
): Promise<{ readonly bytes: Uint8Array; readonly isNews: boolean }> => {
  const { set, known, now, fetch, placeOf } = workflow;
  const place = placeOf(TIMESTAMP_FILE);
  const stored = known.get("timestamp");
  // An expired one is refused here and is a mark all the same: the set keeps it.
  if (stored !== undefined) stillTaken(() => set.updateTimestamp(asBuffer(stored)));
  const mark = set.timestamp?.signed;

  const bytes = await fetch(TIMESTAMP_FILE, MOST_METADATA_BYTES.timestamp);
  const document = readDocument(bytes, "timestamp", place);
  const judged = {
    place,
    role: "timestamp",
    document,
    delegators: [set.root],
    badVersion: "ROLLED_BACK",
  } as const;
  if (mark === undefined || stored === undefined || document.version !== mark.version) {
    judgeNews(workflow, bytes, judged, mark?.version);
    return { bytes, isNews: true };
  }
  judge(judged, () => set.root.verifyDelegate("timestamp", parseTimestamp(document)));
  if (!isDeepStrictEqual(document.signed, readDocument(stored, "timestamp", place).signed))
    throw forked(place, document.version);
  checkExpiry(mark, now, place);
  return { bytes: stored, isNews: false };
};

/** 5.5. What the timestamp says of the snapshot counts for the known one too. */
export const updateSnapshot = async ({
  set,
  known,
  now,
  fetch,
  placeOf,
}: Workflow): Promise<Uint8Array> => {
  const meta = set.timestamp?.signed.snapshotMeta;
  if (meta === undefined) throw new Error("the snapshot comes after the timestamp");
  const file = roleFile("snapshot", meta.version);
  const place = placeOf(file);
  const stored = known.get("snapshot");
  // Another version, or an expired one, is a mark all the same: the set keeps it.
  if (stored !== undefined) stillTaken(() => set.updateSnapshot(asBuffer(stored), true));
  const mark = set.snapshot?.signed;

  if (mark !== undefined && stored !== undefined && mark.version === meta.version) {
    if (!stillTaken(() => meta.verify(asBuffer(stored)))) throw forked(place, meta.version);
    checkExpiry(mark, now, place);
    return stored;
  }
  const most = Math.min(meta.length ?? MOST_METADATA_BYTES.snapshot, MOST_METADATA_BYTES.snapshot);
  const bytes = await fetch(file, most);
  const document = readDocument(bytes, "snapshot", place);
  // Of the right version, it can only be what it lists that goes back.
  const badVersion = document.version === meta.version ? "ROLLED_BACK" : "MIXED_UP";
  const judged = { place, role: "snapshot", document, delegators: [set.root], badVersion } as const;
  judge(judged, () => set.updateSnapshot(asBuffer(bytes)));
  return bytes;
};
