/** What the contract's part of a cached tree was made from. Pure. */
import { digestOf } from "../cache/key.ts";
import { SYSTEM_PRESET, USER_PRESET } from "./presets.ts";
import { RUBBISH } from "./rubbish.ts";

/** Changes whenever `prepareTree` would make another tree of the same packages, as far as that is data. */
export const contractFingerprint = (): string =>
  digestOf({
    presets: [SYSTEM_PRESET, USER_PRESET],
    rubbish: RUBBISH.map(({ take, ...rest }) => ({ ...rest, take: String(take) })),
  });
