/** What `systemctl status slipway-agent` says in one line. Pure. */
import type { State } from "../machine/state.ts";

const timeOf = (ms: number): string => {
  const iso = ms >= 0 && ms <= 8.64e15 ? new Date(ms).toISOString() : "";
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
};

const inMinutes = (ms: number, now: Date): string =>
  `in ${Math.max(0, Math.round((ms - now.getTime()) / 60_000))} min`;

export const statusLine = (state: State, now: Date): string => {
  switch (state.kind) {
    case "init":
      return "looking at the node";
    case "steady":
      return `steady; next look ${inMinutes(state.polling.checkAtMs, now)}`;
    case "waiting":
      return `${state.release.version} is on offer, and waits for its time`;
    case "fetching":
      return `fetching ${state.release.version}`;
    case "staged":
      return `${state.release.version} is staged`;
    case "finalizing":
      return `finalizing ${state.release.version}: ${state.phase}`;
    case "rolling-back":
      return `rolling back to ${state.target.version}: ${state.phase}`;
    case "probation":
      return `${state.release.version} is on probation, until ${timeOf(state.deadlineMs)} at the latest`;
    case "held":
      return `held: ${state.failure.message}`;
  }
};
