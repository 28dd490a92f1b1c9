/** The first step of a factory reset: what would be lost, under a code that the second step has to repeat. Pure. */
import { AgentError } from "../errors.ts";
import { isKeepPath, type ResetChoice } from "./keep-list.ts";

export const OFFER_SCHEMA = 1;

/** Long enough to read a list, too short for a script that was forgotten. */
export const OFFER_SECONDS = 900;

export interface ResetOffer extends ResetChoice {
  readonly code: string;
  /** Seconds since 1970. */
  readonly madeAt: number;
  /** It is for the boot in which it was read, whatever the clock says later. */
  readonly bootId: string;
}

/** Without letters and digits that are taken for others. */
const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const GROUPS = 2;
const GROUP_LETTERS = 4;

/** Eight letters, `K7PM-3QXD`, of as many numbers from 0 to 31. It protects from a slip, not from root. */
export const codeOf = (luck: readonly number[]): string =>
  Array.from({ length: GROUPS }, (_, group) =>
    luck
      .slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS)
      .map((number) => LETTERS[number % LETTERS.length] ?? "")
      .join(""),
  ).join("-");

export const CODE_LUCK: number = GROUPS * GROUP_LETTERS;

const CODE = /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const MOST_KEPT = 64;

const isText = (value: unknown): value is string => typeof value === "string";

/** Nothing where it is no offer of ours. */
export const decodeOffer = (value: unknown): ResetOffer | undefined => {
  if (!isRecord(value) || value["schema"] !== OFFER_SCHEMA) return undefined;
  const { code, madeAt, bootId, keep, newMachineId } = value;
  if (!isText(code) || !CODE.test(code) || !isText(bootId) || bootId.length > 64) return undefined;
  if (typeof madeAt !== "number" || !Number.isSafeInteger(madeAt)) return undefined;
  if (typeof newMachineId !== "boolean" || !Array.isArray(keep)) return undefined;
  const paths: readonly unknown[] = keep;
  if (paths.length > MOST_KEPT || !paths.every(isText) || !paths.every(isKeepPath))
    return undefined;
  return { code, madeAt, bootId, keep: paths, newMachineId };
};

const again = { hint: "ask again: `slipway-agent factory-reset` shows what is lost, and a code" };

/**
 * What was offered under this code, as long as it holds.
 * @throws AgentError `NOT_CONFIRMED`
 */
export const confirmed = (
  offer: ResetOffer | undefined,
  {
    code,
    now,
    bootId,
    keep,
  }: {
    readonly code: string;
    readonly now: number;
    readonly bootId: string;
    /** Of the settings as they are now. */
    readonly keep: readonly string[];
  },
): ResetOffer => {
  if (offer === undefined || offer.bootId !== bootId)
    throw new AgentError(
      "NOT_CONFIRMED",
      "nobody has asked for a factory reset since this node was started",
      again,
    );
  if (now < offer.madeAt || now > offer.madeAt + OFFER_SECONDS)
    throw new AgentError(
      "NOT_CONFIRMED",
      `the code was good for ${OFFER_SECONDS / 60} minutes, which are over`,
      again,
    );
  if (offer.code !== code.toUpperCase())
    throw new AgentError("NOT_CONFIRMED", `${code} is not the code that was shown last`, again);
  if (JSON.stringify(offer.keep) !== JSON.stringify(keep))
    throw new AgentError(
      "NOT_CONFIRMED",
      "the setting factory_reset_keep is another than when the code was shown",
      again,
    );
  return offer;
};
