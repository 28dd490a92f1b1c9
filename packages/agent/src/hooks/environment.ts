/** What a hook is told: its contract with those who write hooks, of which docs/hooks.md is the other copy. Pure. */
import type { ReleaseRef } from "../machine/release.ts";
import type { HookPoint } from "./point.ts";

/** Raised where a hook that was written for the one before may misunderstand what it is told. */
export const HOOK_API = 1;

/** Where programs are on a node; nothing of this process' own environment. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a hook runs for. */
export interface HookCall {
  readonly point: HookPoint;
  readonly image: string;
  readonly booted: ReleaseRef;
  /** At the points on the way to another release: which, and why. */
  readonly target?: {
    readonly release: ReleaseRef;
    readonly reason: "update" | "rollback";
    readonly byHand: boolean;
  };
  /** At `verdict`. */
  readonly verdict?: { readonly verdict: "good" | "bad"; readonly reason: string };
}

/** No value has a line break: a hook may write it into a line of its own. */
const line = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cs}]+/gu, " ");

export const environmentOf = (
  { point, image, booted, target, verdict }: HookCall,
  timeoutMs: number,
): Readonly<Record<string, string>> => ({
  PATH,
  SLIPWAY_HOOK: point,
  SLIPWAY_HOOK_API: String(HOOK_API),
  SLIPWAY_TIMEOUT_SECONDS: String(Math.max(1, Math.floor(timeoutMs / 1000))),
  SLIPWAY_IMAGE: image,
  SLIPWAY_BOOTED_VERSION: booted.version,
  SLIPWAY_BOOTED_ROOTHASH: booted.roothash,
  ...(target === undefined
    ? {}
    : {
        SLIPWAY_TARGET_VERSION: target.release.version,
        SLIPWAY_TARGET_ROOTHASH: target.release.roothash,
        SLIPWAY_REASON: target.reason,
        SLIPWAY_BY_HAND: target.byHand ? "1" : "0",
      }),
  ...(verdict === undefined
    ? {}
    : {
        SLIPWAY_VERDICT: verdict.verdict,
        SLIPWAY_VERDICT_REASON: line(verdict.reason),
      }),
});
