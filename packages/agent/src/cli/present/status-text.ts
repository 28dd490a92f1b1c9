/** What `status` says to a person: the answer to "is it all right, and what can I do" first. Pure. */
import { formatPart, type Paint, printableLine } from "@slipway/host/command-line";
import { because } from "./entry-text.ts";
import { date, dateAndDistance, distance } from "./time.ts";
import type { Why } from "./why.ts";
import type { LeaseLine, StateLine, StatusDocument } from "./status-document.ts";

/** Of a root hash, as much as people compare; the names of boot entries have the same. */
const short = (roothash: string): string => roothash.slice(0, 8);

interface Named {
  readonly version: string;
  readonly roothash: string;
}

const named = ({ version, roothash }: Named): string => `${version} (${short(roothash)})`;

const bootedLine = (status: StatusDocument, now: number, paint: Paint): string => {
  const { booted, image, architecture } = status;
  const since = booted.since === undefined ? "" : `, since ${dateAndDistance(booted.since, now)}`;
  const standing = {
    good: paint("good", "good"),
    probation: paint("on probation", "warn"),
    bad: paint("bad", "bad"),
    unproven: paint("unproven: the boot loader did not start it", "warn"),
  }[booted.standing];
  return `${image} ${paint(booted.version, "strong")} (${short(booted.roothash)}) for ${architecture}, slot ${booted.slot}, ${standing}${since}`;
};

const PHASES: Readonly<Record<string, string>> = {
  preflight: "looking whether anything is in the way",
  activating: "carrying /etc and giving the boot entry its name",
  renaming: "renaming the boot entries",
  rebooting: "restarting now",
};

const after = (attempts: number | undefined): string =>
  attempts === undefined || attempts === 0 ? "" : `, after ${attempts} failed`;

/** The one that is being made, or was made last. */
const which = (attempts: number | undefined): string =>
  attempts === undefined || attempts <= 1 ? "" : `, attempt ${attempts}`;

/** One line of what the node is about. `now` in seconds since 1970. */
export const stateText = (state: StateLine, now: number): string => {
  const until = state.until === undefined ? "" : distance(state.until, now);
  const release = state.release === undefined ? "a release" : named(state.release);
  const trouble = state.failure === undefined ? "" : `; last time: ${state.failure.message}`;
  const phase = PHASES[state.phase ?? ""] ?? "";
  switch (state.kind) {
    case "init":
      return "the agent has not looked at this node yet";
    case "steady":
      return `steady; looks again ${until}${trouble}`;
    case "waiting":
      return `waiting to take ${release}; the other slot keeps what it has until then${trouble}`;
    case "fetching":
      return `fetching ${release}${which(state.attempts)}; gives up ${until}${trouble}`;
    case "staged":
      return `${release} is staged, and not booted before it is finalized${after(state.attempts)}${trouble}`;
    case "finalizing":
      return `finalizing ${release}: ${phase}`;
    case "rolling-back":
      return `rolling back to ${release}: ${phase}${trouble}`;
    case "probation":
      return `on probation: ${release} is good once its health checks pass; the node falls back ${until} otherwise`;
    case "held":
      return `held, nothing is written: ${state.failure?.message ?? "no reason is known"}`;
  }
};

const rollbackText = ({ rollback }: StatusDocument): string =>
  rollback.kind === "reaches"
    ? `reaches ${named(rollback)}${rollback.acceptEpoch === undefined ? "" : `, below the security floor: only with --accept-epoch ${rollback.acceptEpoch}`}`
    : `none: ${rollback.message}${rollback.hint === undefined ? "" : `; to get one: ${rollback.hint}`}`;

const STRATEGY_TEXTS: ReadonlyMap<string, string> = new Map([
  ["immediate", "by itself"],
  ["window", "by itself in its windows"],
  ["lock", "by itself with a lease of its lock server"],
  ["manual", "finalized by hand"],
]);

const updatesText = ({ settings, pin, pause }: StatusDocument, now: number): string => {
  const parts = [
    settings.repository.length === 0
      ? "no repository is set"
      : `channel ${settings.channel}, ${STRATEGY_TEXTS.get(settings.strategy) ?? settings.strategy}`,
    ...(pause === undefined
      ? []
      : [`PAUSED ${distance(pause.since, now)}${because(pause.reason)}`]),
    ...(pin === undefined
      ? []
      : [`PINNED to ${pin.version} ${distance(pin.since, now)}${because(pin.reason)}`]),
  ];
  return parts.join("; ");
};

const lastCheckText = ({ lastCheck, why }: StatusDocument, now: number): string => {
  if (lastCheck === undefined) return "never";
  const when = distance(lastCheck.at, now);
  if (lastCheck.release !== undefined) return `${when}: offers ${named(lastCheck.release)}`;
  const { answer, heardAt } = lastCheck;
  const silence =
    answer !== "failed"
      ? ""
      : heardAt === undefined
        ? "; it has never answered"
        : `; it answered ${distance(heardAt, now)}`;
  return `${when}${why === undefined ? "" : `: ${printableLine(why.message)}`}${silence}`;
};

/** One line: what is in the way, its code, when it clears or is tried again, and what to do. `now` in seconds since 1970. */
export const whyText = (
  { code, message, hint, clearsAt, triedAgainAt }: Why,
  now: number,
): string =>
  [
    `${printableLine(message)} [${code}]`,
    ...(clearsAt === undefined ? [] : [`clears ${dateAndDistance(clearsAt, now)}`]),
    ...(triedAgainAt === undefined ? [] : [`tried again ${distance(triedAgainAt, now)}`]),
    ...(hint === undefined ? [] : [printableLine(hint)]),
  ].join("; ");

const LEASES: Readonly<Record<LeaseLine["standing"], string>> = {
  asked: "asked for",
  held: "held",
  returning: "to be given back",
};

const leaseText = ({ address, group, standing, triedAgainAt }: LeaseLine, now: number): string =>
  `${LEASES[standing]}, for group ${group} at ${address}${triedAgainAt === undefined || triedAgainAt <= now ? "" : `; tried again ${distance(triedAgainAt, now)}`}`;

const progressText = ({
  message,
  doneBytes,
  totalBytes,
}: NonNullable<StatusDocument["progress"]>): string =>
  doneBytes === undefined || totalBytes === undefined
    ? printableLine(message)
    : `${printableLine(message)}, ${formatPart(doneBytes, totalBytes)}`;

/** Wide enough for the longest label. */
const LABEL = 11;

/** The lines of `status`, each with its label; a label that has nothing to say is left out. */
export const statusText = (status: StatusDocument, now: number, paint: Paint): string => {
  const rows: readonly (readonly [string, string])[] = [
    ["booted", bootedLine(status, now, paint)],
    ...status.degraded.map((line): readonly [string, string] => [
      "DEGRADED",
      paint(printableLine(line), "bad"),
    ]),
    ["state", printableLine(stateText(status.state, now))],
    ...(status.progress === undefined
      ? []
      : [["", progressText(status.progress)] satisfies readonly [string, string]]),
    ...(status.staged === undefined
      ? []
      : [["staged", named(status.staged)] satisfies readonly [string, string]]),
    ["rollback", printableLine(rollbackText(status))],
    ["updates", updatesText(status, now)],
    ...(status.leases ?? []).map((lease): readonly [string, string] => [
      "lease",
      printableLine(leaseText(lease, now)),
    ]),
    ["last look", lastCheckText(status, now)],
    ...(status.why === undefined || status.why.code === "up-to-date"
      ? []
      : [["why", whyText(status.why, now)] satisfies readonly [string, string]]),
    ...status.forbidden.map((release): readonly [string, string] => [
      "forbidden",
      `${named(release)}${because(release.reason)}, since ${date(release.since)} (${distance(release.since, now)})`,
    ]),
    ...status.problems.map((line): readonly [string, string] => [
      "problem",
      paint(printableLine(line), "warn"),
    ]),
  ];
  return rows.map(([label, text]) => `${label.padEnd(LABEL)}${text}\n`).join("");
};
