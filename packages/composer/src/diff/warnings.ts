/** What in a comparison an operator should look at twice. Pure. */
import type { Manifest } from "../build/manifest.ts";
import { LEAST_HEADROOM, MIB } from "../image/geometry.ts";
import type { AccountDiff } from "./accounts.ts";

/** Stable: programs may look for them. */
export type DiffWarningCode =
  | "OTHER_IMAGE"
  | "OTHER_ARCHITECTURE"
  | "SAME_VERSION"
  | "EPOCH_NOT_LATER"
  | "SALT_CHANGED"
  | "SLOT_SIZE_CHANGED"
  | "ROOT_TOO_LARGE"
  | "LOW_HEADROOM"
  | "ACCOUNT_ID_CHANGED"
  | "CONTRADICTION";

export interface DiffWarning {
  readonly code: DiffWarningCode;
  /** A lower-case fact, and what follows from it. */
  readonly message: string;
}

/** One release, as far as warnings go. */
export interface WarnedRelease {
  readonly manifest: Manifest;
  /** Bytes of the root. */
  readonly used: number;
  /** Where its files contradict each other. */
  readonly problems: readonly string[];
}

export const warningsOf = (
  before: WarnedRelease,
  after: WarnedRelease,
  accounts: AccountDiff,
): readonly DiffWarning[] => {
  const [old, now] = [before.manifest, after.manifest];
  const warnings: DiffWarning[] = [];
  const warn = (code: DiffWarningCode, message: string): void => {
    warnings.push({ code, message });
  };
  const isSameLine = old.image === now.image && old.architecture === now.architecture;
  if (old.image !== now.image) {
    warn(
      "OTHER_IMAGE",
      `the releases are of two images, ${old.image} and ${now.image}: no node goes from one to the other`,
    );
  }
  if (old.architecture !== now.architecture) {
    warn(
      "OTHER_ARCHITECTURE",
      `the releases are for two architectures, ${old.architecture} and ${now.architecture}: nearly every program differs`,
    );
  }
  const slot = old.slotSizeMib * MIB;
  if (isSameLine && old.roothash !== now.roothash) {
    if (old.version === now.version) {
      warn(
        "SAME_VERSION",
        `both releases are version ${now.version} and have other roots: a version stands for one release`,
      );
    }
    if (now.epoch <= old.epoch) {
      warn(
        "EPOCH_NOT_LATER",
        `the second release is not dated after the first: the order of the arguments is OLD NEW, and nodes expect every release to be later than the last`,
      );
    }
  }
  if (isSameLine && old.salt !== now.salt) {
    warn(
      "SALT_CHANGED",
      "the verity salt changed, which is fixed for an image's life: nodes would find no block of what they have in the new release",
    );
  }
  if (isSameLine && old.slotSizeMib !== now.slotSizeMib) {
    warn(
      "SLOT_SIZE_CHANGED",
      `slots have ${old.slotSizeMib} MiB in the first release and ${now.slotSizeMib} MiB in the second: nodes keep the slots they were installed with`,
    );
  }
  if (isSameLine && after.used > slot) {
    warn(
      "ROOT_TOO_LARGE",
      `the second root needs ${Math.ceil(after.used / MIB)} MiB and does not fit the slots of ${old.slotSizeMib} MiB that nodes of the first release have`,
    );
  } else if (isSameLine && 1 - after.used / slot < LEAST_HEADROOM) {
    warn(
      "LOW_HEADROOM",
      `the second root leaves ${((1 - after.used / slot) * 100).toFixed(1)} % of its slot, and a slot cannot grow`,
    );
  }
  if (isSameLine) {
    for (const message of changedIds(accounts)) warn("ACCOUNT_ID_CHANGED", message);
  }
  for (const [which, { problems }] of [
    ["first", before],
    ["second", after],
  ] as const) {
    for (const problem of problems) {
      warn("CONTRADICTION", `the ${which} release contradicts itself: ${problem}`);
    }
  }
  return warnings;
};

const changedIds = ({ users, groups }: AccountDiff): readonly string[] => [
  ...users.changed.flatMap(({ name, uid, gid }) => [
    ...(uid === undefined ? [] : [idMessage(`user ${name}`, "id", uid)]),
    ...(gid === undefined ? [] : [idMessage(`user ${name}`, "primary group", gid)]),
  ]),
  ...groups.changed.flatMap(({ name, gid }) =>
    gid === undefined ? [] : [idMessage(`group ${name}`, "id", gid)],
  ),
];

const idMessage = (
  who: string,
  what: string,
  { before, after }: { readonly before: number; readonly after: number },
): string =>
  `the ${what} of ${who} changed from ${before} to ${after}: files on nodes keep the old one`;
