/** What taking a release would change on this node, and what it costs, as far as metadata tells. Pure. */
import {
  compareContents,
  type ContentsDiff,
  type NodeHas,
  type ReleaseContents,
  type ReleaseManifest,
} from "@slipway/release";
import type { Failure } from "../errors.ts";
import type { Scan } from "../etc/scan.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { HostFacts } from "../node/facts.ts";
import { bestWay, espRoomFor } from "../tasks/preflight.ts";
import { type Room, varRoomFor } from "../tasks/room.ts";
import { type EtcForecast, forecastEtc } from "./etc-forecast.ts";

/** What a release says of itself; of the booted one perhaps no more than its name. */
export interface PlannedRelease extends ReleaseRef {
  readonly created?: number;
  readonly securityEpoch?: number;
  readonly kernelRelease?: string;
  readonly agent?: string;
}

/** `staged`: it is here already. */
export type FetchWay = "delta" | "index" | "full" | "staged";

export interface PlannedFetch {
  readonly of: "root" | "uki";
  readonly way: FetchWay;
  /** Exact for a delta, at most for all of it, an estimate by an index. */
  readonly bytes: number;
}

export interface PlannedRoom extends Room {
  readonly place: "slot" | "ESP" | "/var";
}

export interface UpdatePlan {
  readonly booted: PlannedRelease;
  readonly release: PlannedRelease;
  readonly isStaged: boolean;
  /** Absent where the lists of both releases cannot be had. */
  readonly contents?: ContentsDiff;
  readonly etc?: EtcForecast;
  readonly fetch: readonly PlannedFetch[];
  readonly room: readonly PlannedRoom[];
  /** What would stop it now. */
  readonly obstacles: readonly Failure[];
  /** What this cannot tell, and why, a line a reason. */
  readonly unknown: readonly string[];
}

/** Something that is there, or why it is not. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

export interface PlanInput {
  readonly facts: HostFacts;
  readonly manifest: ReleaseManifest;
  readonly bootedManifest: ReleaseManifest | undefined;
  readonly bootedContents: Known<ReleaseContents>;
  readonly contents: Known<ReleaseContents>;
  readonly nodeEtc: Known<Scan>;
  /** Whether an index of the booted release is kept, by which less need be fetched. */
  readonly hasIndexes: boolean;
  readonly obstacles: readonly Failure[];
}

export const plannedRelease = (
  { version, roothash }: ReleaseRef,
  manifest: ReleaseManifest | undefined,
): PlannedRelease => ({
  version,
  roothash,
  ...(manifest === undefined
    ? {}
    : {
        created: manifest.created,
        securityEpoch: manifest.securityEpoch,
        kernelRelease: manifest.kernelRelease,
        ...(manifest.agent.included === undefined ? {} : { agent: manifest.agent.included }),
      }),
});

/** What the node has that the release can be made of. */
export const hasFor = ({
  bootedManifest: booted,
  hasIndexes,
}: Pick<PlanInput, "bootedManifest" | "hasIndexes">): NodeHas => ({
  artifacts: booted === undefined ? [] : [booted.root.sha256, booted.uki.sha256],
  hasIndexes,
});

const fetchOf = (input: PlanInput, isStaged: boolean): readonly PlannedFetch[] =>
  (["root", "uki"] as const).flatMap((of): readonly PlannedFetch[] => {
    if (isStaged) return [{ of, way: "staged", bytes: 0 }];
    const way = bestWay(input.manifest, of, hasFor(input));
    return way === undefined ? [] : [{ of, way: way.kind, bytes: way.bytes }];
  });

const roomOf = (
  { facts, manifest }: PlanInput,
  fetch: readonly PlannedFetch[],
  isStaged: boolean,
): readonly PlannedRoom[] => {
  const bytes = fetch.reduce((sum, one) => sum + one.bytes, 0);
  // What is staged has its room on the ESP already.
  const esp = isStaged ? [] : [{ place: "ESP", ...espRoomFor(facts, manifest) } as const];
  return [
    { place: "slot", neededBytes: manifest.root.size, freeBytes: facts.slotBytes },
    ...esp,
    { place: "/var", ...varRoomFor(facts, bytes) },
  ];
};

export const planOf = (input: PlanInput): UpdatePlan => {
  const { facts, manifest, bootedManifest, bootedContents, contents, nodeEtc, obstacles } = input;
  const { booted, inactive } = facts;
  const isStaged = inactive.staged?.roothash === manifest.roothash;
  const fetch = fetchOf(input, isStaged);
  const unknown: string[] = [];
  const valueOf = <T>(known: Known<T>): T | undefined => {
    if ("value" in known) return known.value;
    unknown.push(known.unknown);
    return undefined;
  };
  const [before, after] = [valueOf(bootedContents), valueOf(contents)];
  const areListed = before !== undefined && after !== undefined;
  const node = areListed ? valueOf(nodeEtc) : undefined;
  if (bootedManifest === undefined && !isStaged)
    unknown.push(
      `the manifest of ${booted.version}, which runs, cannot be had: with a delta, less would be fetched`,
    );
  return {
    booted: plannedRelease(booted, bootedManifest),
    release: plannedRelease(manifest, manifest),
    isStaged,
    ...(areListed ? { contents: compareContents(before, after) } : {}),
    ...(areListed && node !== undefined
      ? { etc: forecastEtc({ booted: before.etc, node, next: after.etc }) }
      : {}),
    fetch,
    room: roomOf(input, fetch, isStaged),
    obstacles,
    unknown,
  };
};
