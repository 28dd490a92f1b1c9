/** What a node that takes updates may do to its disk, and may be booted into, at which time of the record. Pure. */
import type { LoggedWrite, Partition } from "@slipway/composer/testing";
import { type CrashPoint, SECTOR } from "./crash-points.ts";
import type { Boot, Slot } from "./boots.ts";

/** What was so from a place in the log on. */
export interface PhaseMark<Version extends string> {
  readonly moment: "staging" | "staged" | "finalizing" | "restarted" | "blessed";
  /** The release that it is about. */
  readonly version: Version;
  /** How long the log was; bytes. */
  readonly at: number;
}

export interface Phase<Version extends string> {
  readonly moment: PhaseMark<Version>["moment"] | "installed";
  readonly version: Version;
  /** From this entry of the log to before that one. */
  readonly from: number;
  readonly until: number;
  readonly running: Version;
  readonly slot: Slot;
  /** Releases of which any may be booted after a cut. */
  readonly mayBoot: readonly Version[];
}

/** A node that was installed with the first of the versions in slot A, and took the others one after the other. */
export const phasesOf = <Version extends string>(
  entries: readonly LoggedWrite[],
  marks: readonly PhaseMark<Version>[],
  versions: readonly [Version, ...Version[]],
): readonly Phase<Version>[] => {
  // The last one that was there by then, for logs in which some come too early.
  const place = (at: number): number =>
    entries.findLastIndex(({ dataOffset }) => dataOffset - SECTOR < at) + 1;
  const [first] = versions;
  const begun = [{ moment: "installed", version: first, at: 0 } as const, ...marks];
  return begun.map(({ moment, version, at }, index) => {
    const arrived = moment === "restarted" || moment === "blessed" || moment === "installed";
    const number = versions.indexOf(version) - (arrived ? 0 : 1);
    const running = versions[number] ?? first;
    const neighbour =
      moment === "finalizing" ? version : moment === "restarted" ? versions[number - 1] : undefined;
    return {
      ...{ moment, version, running },
      from: place(at),
      until: place(begun[index + 1]?.at ?? Infinity),
      slot: number % 2 === 0 ? "a" : "b",
      mayBoot: neighbour === undefined ? [running] : [running, neighbour],
    };
  });
};

/** The phase that the power went in. */
export const phaseAt = <Version extends string>(
  phases: readonly Phase<Version>[],
  at: number,
): Phase<Version> => {
  const found = phases.findLast(({ from }) => from < at) ?? phases[0];
  if (found === undefined) throw new RangeError("a story without phases");
  return found;
};

/** Why a machine with this disk would not be well; nothing where it would. */
export const faultOf = <Version extends string>(
  { choice, slots }: Boot<Version>,
  phases: readonly Phase<Version>[],
  { interval, at }: Pick<CrashPoint, "interval" | "at">,
): string | undefined => {
  if (choice === undefined) return "the loader finds nothing to boot";
  const { file, release } = choice;
  if (release === undefined) return `the loader takes ${file}, which is no whole UKI`;
  if (slots.length === 0) return `the loader takes ${file}, whose slot does not verify`;
  // Of a cut, what is not settled may be from before the phase began.
  const allowed = phases
    .filter(({ from, until }) => from < at && until >= interval.from)
    .flatMap(({ mayBoot }) => mayBoot);
  return allowed.includes(release)
    ? undefined
    : `the loader takes ${file}, when only release ${[...new Set(allowed)].join(" or ")} may be booted`;
};

/** Writes into a slot at a time when nobody may write it: the booted one ever, the other one before the booted release is blessed. */
export const writesOutOfTurn = <Version extends string>(
  entries: readonly LoggedWrite[],
  phases: readonly Phase<Version>[],
  partition: (label: string) => Partition,
): readonly string[] => {
  const parts = (["a", "b"] as const).flatMap((slot) =>
    [`slot-${slot}`, `slot-${slot}-verity`].map((label) => ({ slot, ...partition(label) })),
  );
  return phases.flatMap(({ from, until, moment, version, slot, running }) =>
    entries.slice(from, until).flatMap(({ kind, offset, length }, step) => {
      if (kind === "flush") return [];
      const hit = parts.find(
        (part) => offset < part.offset + part.size && part.offset < offset + length,
      );
      if (hit === undefined) return [];
      const entry = `entry ${from + step}, a ${kind} of ${length} bytes in ${hit.label}`;
      if (hit.slot === slot) return [`${entry}: release ${running} runs from it`];
      const mayStage = moment === "staging" || moment === "staged";
      return mayStage ? [] : [`${entry}: release ${version} is ${moment}`];
    }),
  );
};
