/** Whether a release can be staged, or finalized, on this node now: asked before anything is written, so that nothing stops half way. Pure. */
import { type NodeHas, type RankedWay, type ReleaseManifest, rankWays } from "@slipway/release";
import type { Failure } from "../errors.ts";
import type { LedgerView } from "../ledger/view.ts";
import { writeBlocker } from "../machine/guards.ts";
import { observedOf } from "../machine/observe.ts";
import type { OfferedRelease } from "../machine/release.ts";
import type { EspEntry, HostFacts } from "../node/facts.ts";
import { MIB, mib, type Room, stateRefusal, varRoom } from "./room.ts";

export interface PreflightQuestion {
  readonly before: "stage" | "finalize";
  readonly release: OfferedRelease;
  readonly facts: HostFacts;
  readonly ledger: Pick<LedgerView, "forbidden" | "floor">;
  readonly now: Date;
  readonly buildDate: Date;
}

/** For directory entries, and for whatever else writes there meanwhile. */
const ESP_MARGIN = 2 * MIB;

type Check = (question: PreflightQuestion) => Failure | undefined;

const mayWrite: Check = ({ facts }) => writeBlocker(observedOf(facts));

const isAnother: Check = ({ facts, release: { version, roothash } }) =>
  roothash === facts.booted.roothash
    ? { code: "ALREADY_BOOTED", message: `release ${version} is what this node runs` }
    : undefined;

const isAllowed: Check = ({ ledger, release: { version, roothash } }) => {
  const forbidden = ledger.forbidden.get(roothash);
  return forbidden === undefined
    ? undefined
    : {
        code: "FORBIDDEN",
        message: `release ${version} is forbidden on this node: ${forbidden.reason}`,
        hint: `publish a better one, or \`slipway-agent forgive ${version}\``,
      };
};

const reachesFloor: Check = ({ ledger, release: { version, securityEpoch } }) =>
  securityEpoch >= ledger.floor
    ? undefined
    : {
        code: "BELOW_FLOOR",
        message: `release ${version} has security epoch ${securityEpoch}, and this node has blessed ${ledger.floor}`,
        hint: "publish a release of that epoch",
      };

const isLoaderFree: Check = ({ facts: { overrides } }) =>
  overrides.length === 0
    ? undefined
    : {
        code: "LOADER_BOUND",
        message: `the boot loader would not boot a new entry, nor leave a bad one: ${overrides.join("; ")}`,
        hint: 'take that back: `bootctl set-default ""`, `bootctl set-oneshot ""`, or edit the file',
      };

/** It was built by a clock that went, so this one is wrong: the ledger and the waves of a rollout go by it. */
const isClockRight: Check = ({ now, buildDate }) =>
  now >= buildDate
    ? undefined
    : {
        code: "CLOCK_BEHIND",
        message: `the clock says ${now.toISOString()}, and the release that runs was built at ${buildDate.toISOString()}`,
        hint: "see why it is not set (`timedatectl`), or set it: `timedatectl set-time`",
      };

const hasVarRoom: Check = ({ facts }) => stateRefusal(facts);

/** For finalizing: both superblocks, and the UKI that names them, whatever name it has. */
const isStaged: Check = ({ before, facts: { inactive }, release: { version, roothash } }) =>
  before === "stage" || inactive.release?.roothash === roothash
    ? undefined
    : {
        code: "NOT_STAGED",
        message: `slot ${inactive.slot} does not hold release ${version} any more`,
        hint: "stage it again: `slipway-agent update`",
      };

/** In this order: what is wrong for good comes before what may pass. */
const CHECKS: readonly Check[] = [
  mayWrite,
  isAnother,
  isAllowed,
  reachesFloor,
  isLoaderFree,
  isClockRight,
  isStaged,
  hasVarRoom,
];

/** The first thing in the way; nothing where all is clear. */
export const refusal = (question: PreflightQuestion): Failure | undefined => {
  for (const check of CHECKS) {
    const found = check(question);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What the manifest of a release adds before anything is done for it: where it is to be put. */
export const placeRefusal = (facts: HostFacts, manifest: ReleaseManifest): Failure | undefined =>
  manifest.root.size > facts.slotBytes
    ? {
        code: "SLOT_TOO_SMALL",
        message: `release ${manifest.version} has a root of ${mib(manifest.root.size)}, and slots have ${mib(facts.slotBytes)}`,
        hint: "make the image smaller, or install the node anew with larger slots",
      }
    : espRoom(facts, manifest);

/** And what is to be fetched, when it is known what the node has. */
export const fetchRefusal = (
  facts: HostFacts,
  manifest: ReleaseManifest,
  has: NodeHas,
): Failure | undefined =>
  varRoom(
    facts,
    CARRIED.reduce((sum, of) => sum + (bestWay(manifest, of, has)?.bytes ?? 0), 0),
  );

const CARRIED = ["root", "uki"] as const;

/** How an artifact is fetched, if nothing goes wrong. */
export const bestWay = (
  manifest: ReleaseManifest,
  of: (typeof CARRIED)[number],
  has: NodeHas,
): RankedWay | undefined => rankWays(manifest, of, has).ways[0];

/** On the ESP, for the boot entry. */
export const espRoomFor = (facts: HostFacts, { uki }: Pick<ReleaseManifest, "uki">): Room => ({
  neededBytes: uki.size + ESP_MARGIN,
  freeBytes: facts.espFreeBytes + bytesToGo(facts),
});

const espRoom = (facts: HostFacts, manifest: ReleaseManifest): Failure | undefined => {
  const { neededBytes, freeBytes } = espRoomFor(facts, manifest);
  return freeBytes >= neededBytes
    ? undefined
    : {
        code: "E_SPACE",
        message: `the ESP has room for ${mib(freeBytes)}, and the boot entry of ${manifest.version} needs ${mib(neededBytes)}`,
        hint: "see what fills it (`ls -lR /efi`), and remove what is not Slipway's",
      };
};

/** Entries of the other slot's former releases, which go before the new one comes. */
const bytesToGo = (facts: HostFacts): number =>
  otherEntries(facts).reduce((sum, { size }) => sum + size, 0);

/** All entries but the booted one's, by name and by contents. What a power cut left a second name of shares its bytes with another, and stays. */
export const otherEntries = ({
  entries,
  booted,
}: Pick<HostFacts, "entries" | "booted">): readonly EspEntry[] =>
  entries.filter(
    ({ name, roothash }) =>
      name.state.kind !== "leftover" &&
      roothash !== booted.roothash &&
      name.digest !== booted.roothash.slice(0, 8),
  );
