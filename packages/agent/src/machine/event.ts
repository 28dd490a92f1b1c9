/** What can happen to the machine: time, an operator, or the outcome of an effect. */
import type { Failure } from "../errors.ts";
import type { CheckRequest } from "./effect.ts";
import type { AskedPoint } from "../hooks/point.ts";
import type { OfferedRelease, ReleaseRef } from "./release.ts";

/** Why nothing is offered. */
export interface Blocker extends Failure {
  /** The release that it keeps away. */
  readonly version?: string;
  /** When it clears by itself, in seconds since 1970. */
  readonly clearsAt?: number;
}

/** What an operator asks for; each can be refused. */
export type OperatorEvent =
  /** Look now, and take what there is as the settings say. */
  | { readonly kind: "check-asked" }
  /** Take it, and finalize. */
  | {
      readonly kind: "update-asked";
      readonly to?: string;
      readonly from?: string;
      readonly skipHooks?: true;
    }
  | {
      readonly kind: "rollback-asked";
      readonly to?: string;
      readonly reason: string;
      readonly acceptEpoch?: number;
    };

export type OutcomeEvent =
  | { readonly kind: "offered"; readonly request: CheckRequest; readonly release: OfferedRelease }
  | { readonly kind: "nothing-offered"; readonly request: CheckRequest; readonly blocker: Blocker }
  | { readonly kind: "check-failed"; readonly request: CheckRequest; readonly failure: Failure }
  | { readonly kind: "preflight-passed"; readonly release: ReleaseRef }
  | {
      readonly kind: "preflight-refused";
      readonly release: ReleaseRef;
      readonly failure: Failure;
    }
  | { readonly kind: "hooks-passed"; readonly point: AskedPoint; readonly release: ReleaseRef }
  | {
      readonly kind: "hooks-held";
      readonly point: AskedPoint;
      readonly release: ReleaseRef;
      readonly failure: Failure;
    }
  | { readonly kind: "sessions-none"; readonly release: ReleaseRef }
  | { readonly kind: "sessions-found"; readonly release: ReleaseRef; readonly failure: Failure }
  | { readonly kind: "warn-done"; readonly release: ReleaseRef }
  | { readonly kind: "warn-failed"; readonly release: ReleaseRef; readonly failure: Failure }
  | { readonly kind: "stage-done"; readonly release: ReleaseRef }
  | { readonly kind: "stage-failed"; readonly release: ReleaseRef; readonly failure: Failure }
  | { readonly kind: "discard-done"; readonly release: ReleaseRef }
  | { readonly kind: "discard-failed"; readonly release: ReleaseRef; readonly failure: Failure }
  | { readonly kind: "finalize-done"; readonly release: ReleaseRef }
  | { readonly kind: "finalize-failed"; readonly release: ReleaseRef; readonly failure: Failure }
  | { readonly kind: "rollback-done"; readonly release: ReleaseRef }
  | { readonly kind: "rollback-failed"; readonly release: ReleaseRef; readonly failure: Failure }
  /** The node goes down, in a moment. */
  | { readonly kind: "reboot-done" }
  | { readonly kind: "reboot-failed"; readonly failure: Failure };

export type Event = { readonly kind: "tick" } | OperatorEvent | OutcomeEvent;
export type EventKind = Event["kind"];
