/** A plan for people: what changes first, what it costs last. Pure. */
import { formatSize, printableLine } from "@slipway/host/command-line";
import type { PackagesDiff, UnitsDiff } from "@slipway/release";
import type { Blocker } from "../../machine/event.ts";
import type { EtcForecast } from "../../plan/etc-forecast.ts";
import type {
  PlannedFetch,
  PlannedRelease,
  PlannedRoom,
  UpdatePlan,
} from "../../plan/update-plan.ts";
import type { Look } from "../agent.ts";
import { restartOf, restartText } from "./restart.ts";
import { dateAndDistance } from "./time.ts";

/** Of a list: who wants all of it asks for the document. */
const MOST_LINES = 60;

const listed = (lines: readonly string[]): readonly string[] => {
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${printableLine(line)}`);
  const left = lines.length - shown.length;
  return left === 0 ? shown : [...shown, `  and ${left} more: see --json`];
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [`${title}: nothing`] : [`${title}:`, ...listed(lines)];

const packageLines = ({ added, removed, changed }: PackagesDiff): readonly string[] => [
  ...changed.map(({ name, before, after }) => `${name} ${before} → ${after}`),
  ...added.map(({ name, version }) => `+ ${name} ${version}`),
  ...removed.map(({ name, version }) => `- ${name} ${version}`),
];

const unitLines = (units: UnitsDiff): readonly string[] =>
  (["added", "removed", "enabled", "disabled", "masked", "changed"] as const).flatMap((what) =>
    units[what].map((unit) => `${what}: ${unit}`),
  );

const etcLines = ({ conflicts, mergedByAccount, taken }: EtcForecast): readonly string[] => [
  ...conflicts.map(({ path, what }) => `conflict: ${path}: ${what}`),
  ...mergedByAccount.map((path) => `${path}: changed here and there, and merged by account`),
  ...taken.map(({ path, what }) => `${path}: ${what} in the new release`),
];

type Shown = string | number | undefined;

/** A row only where there is something to compare. */
const facts = (booted: PlannedRelease, release: PlannedRelease): readonly string[] => {
  const row = (label: string, before: Shown, after: Shown): readonly string[] => {
    if (after === undefined) return [];
    const from = before === undefined ? "unknown" : String(before);
    return [
      `${label.padEnd(16)} ${from === String(after) ? `${from}, as now` : `${from} → ${String(after)}`}`,
    ];
  };
  return [
    ...row("release", booted.version, release.version),
    ...row("kernel", booted.kernelRelease, release.kernelRelease),
    ...row("agent", booted.agent, release.agent),
    ...row("security epoch", booted.securityEpoch, release.securityEpoch),
  ];
};

const WAYS = {
  delta: "by delta",
  index: "by index, about",
  full: "in full, at most",
} as const;

const fetchText = (fetch: readonly PlannedFetch[]): string =>
  fetch.every(({ way }) => way === "staged")
    ? "nothing: it is staged already"
    : fetch
        .map(({ of, way, bytes }) =>
          way === "staged" ? `${of} is there` : `${of} ${WAYS[way]} ${formatSize(bytes)}`,
        )
        .join(", ");

const roomText = (room: readonly PlannedRoom[]): string =>
  room
    .map(
      ({ place, neededBytes, freeBytes }) =>
        `${place} ${formatSize(neededBytes)} of ${formatSize(freeBytes)}${freeBytes < neededBytes ? ": too little" : ""}`,
    )
    .join(", ");

export const planText = (plan: UpdatePlan, look: Look): string => {
  const { booted, release, contents, etc, fetch, room, obstacles, unknown } = plan;
  const lines = [
    ...facts(booted, release),
    `${"fetch".padEnd(16)} ${fetchText(fetch)}`,
    `${"room".padEnd(16)} ${roomText(room)}`,
    `${"restart".padEnd(16)} ${restartText(restartOf(look), look.now)}`,
    ...(contents === undefined
      ? []
      : [
          ...section("packages", packageLines(contents.packages)),
          ...section("units", unitLines(contents.units)),
          ...section("kernel arguments", [
            ...contents.kernelArguments.added.map((word) => `+ ${word}`),
            ...contents.kernelArguments.removed.map((word) => `- ${word}`),
          ]),
        ]),
    ...(etc === undefined ? [] : section("/etc", etcLines(etc))),
    ...(unknown.length === 0 ? [] : section("not known", unknown)),
    ...obstacles.flatMap(({ code, message, hint }) => [
      `in the way [${code}]: ${printableLine(message)}`,
      ...(hint === undefined ? [] : [`  ${printableLine(hint)}`]),
    ]),
  ];
  return `${lines.join("\n")}\n`;
};

/** Nothing is offered: what a plan could be made for all the same. */
export const noPlanText = ({ message, hint, version, clearsAt }: Blocker, now: number): string => {
  const clears = clearsAt === undefined ? "" : `; clears ${dateAndDistance(clearsAt, now)}`;
  return [
    `nothing is offered: ${printableLine(message)}${clears}`,
    ...(hint === undefined ? [] : [printableLine(hint)]),
    ...(version === undefined || clearsAt === undefined
      ? []
      : [`\`slipway-agent plan --to ${version}\` shows what it would change`]),
    "",
  ].join("\n");
};
