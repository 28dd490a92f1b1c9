/** What must not be done, and why: every way to a slot or to the ESP goes past here. */
import { compareVersions } from "@slipway/release";
import { because, type Failure } from "../errors.ts";
import { gateAt } from "../window/gate.ts";
import { leaseOf } from "./lease.ts";
import type { Observed } from "./observed.ts";
import type { OfferedRelease } from "./release.ts";
import type { Situation } from "./situation.ts";

const DEGRADED_HINT = "see `cat /run/slipway/degraded`, put it right, and reboot";

/** Why nothing may be written to the other slot or to the ESP, not even a deletion; nothing where it may. */
export const writeBlocker = ({ degraded, booted, other }: Observed): Failure | undefined => {
  if (degraded.length > 0)
    return {
      code: "DEGRADED",
      message: `this node is degraded: ${degraded.join("; ")}`,
      hint: DEGRADED_HINT,
    };
  switch (booted.standing) {
    case "good":
      return undefined;
    case "unproven":
      return {
        code: "UNPROVEN",
        message: `nobody can tell which boot entry release ${booted.version} was started from`,
        hint: "reboot, so that the boot loader starts what is on the disk",
      };
    case "counting":
      return {
        code: "ON_PROBATION",
        message: `release ${booted.version} is on probation, and the other slot is what the node falls back to`,
        hint: "wait for its health checks: see `slipway-agent health`",
      };
    case "bad":
      return bootedIsBad(booted.version, other);
  }
};

const bootedIsBad = (version: string, { release, standing }: Observed["other"]): Failure => {
  const code = "BOOTED_IS_BAD";
  return release !== undefined && standing === "good"
    ? {
        code,
        message: `release ${version} runs although it is bad, and ${release.version} in the other slot is good`,
        hint: `reboot: the boot loader prefers ${release.version}`,
      }
    : {
        code,
        message: `release ${version} runs although it is bad: there is none better to boot`,
        hint: "put right what failed (`slipway-agent history`); `slipway-agent forgive` and `rollback` try the other slot again",
      };
};

/** Why a release is not taken; nothing where it is. What an operator asks for by hand gets past a pause, and past nothing else. */
export const takeBlocker = (
  release: OfferedRelease,
  byHand: boolean,
  { observed, ledger }: Pick<Situation, "observed" | "ledger">,
): Failure | undefined => {
  const { booted } = observed;
  const { version } = release;
  if (release.roothash === booted.roothash)
    return { code: "ALREADY_BOOTED", message: `release ${version} is what this node runs` };
  const forbidden = ledger.forbidden.get(release.roothash);
  if (forbidden !== undefined)
    return {
      code: "FORBIDDEN",
      message: `release ${version} is forbidden on this node: ${forbidden.reason}`,
      hint: `publish a better one, or \`slipway-agent forgive ${version}\``,
    };
  if (release.securityEpoch < ledger.floor)
    return {
      code: "BELOW_FLOOR",
      message: `release ${version} has security epoch ${release.securityEpoch}, and this node has blessed ${ledger.floor}`,
      hint: "publish a release of that epoch",
    };
  if (ledger.pin !== undefined && ledger.pin.version !== version)
    return {
      code: "PINNED",
      message: `this node is pinned to ${ledger.pin.version}${because(ledger.pin.reason)}`,
      hint: "`slipway-agent unpin` lets it go on",
    };
  // The loader prefers the newer one of two: it would never boot this.
  if (compareVersions(version, booted.version) <= 0)
    return {
      code: "NOT_NEWER",
      message: `release ${version} is not newer than ${booted.version}, which this node runs`,
      hint: "`slipway-agent rollback` leads to the release of the other slot; else publish it under a newer version",
    };
  if (ledger.pause !== undefined && !byHand)
    return {
      code: "PAUSED",
      message: `updates are paused on this node${because(ledger.pause.reason)}`,
      hint: "`slipway-agent resume`, or `slipway-agent update --now` for this once",
    };
  return writeBlocker(observed);
};

type AtGate = Pick<Situation, "nowMs" | "ledger" | "leases"> & {
  readonly settings: Pick<Situation["settings"], "strategy" | "schedule" | "lockServer">;
};

/** From when on what is staged may be finalized: at once, from a window on, with a lease, or when somebody says so. Milliseconds since 1970, Infinity where nobody knows. */
export const gateOpensAt = (
  { byHand }: { readonly byHand: boolean },
  { nowMs, settings, ledger, leases }: AtGate,
): number => {
  if (byHand) return nowMs;
  if (ledger.pause !== undefined) return Infinity;
  switch (settings.strategy) {
    case "immediate":
      return nowMs;
    case "manual":
      return Infinity;
    case "lock":
      return leaseOf(leases, settings.lockServer)?.standing === "held" ? nowMs : Infinity;
    case "window": {
      const gate = gateAt(settings.schedule, nowMs);
      return gate.isOpen ? nowMs : (gate.opensAtMs ?? Infinity);
    }
  }
};

/** Whether it may be now. What is begun in a window is brought to its end. */
export const isGateOpen = (taking: Parameters<typeof gateOpensAt>[0], situation: AtGate): boolean =>
  gateOpensAt(taking, situation) <= situation.nowMs;
