/** How a refusal is put: what is wrong with which file of which source, and what to do. */
import { ReceiverError, type ReceiverErrorCode } from "../errors.ts";

/** Where something refused came from. */
export interface Place {
  /** The file's path in the repository. */
  readonly file: string;
  /** The source's name, for people. */
  readonly source: string;
}

const TAMPERED_COPY = "compare this copy with the original repository, and copy it again";
const SIGN_AGAIN = "sign this metadata again with Slipway's own commands";

const HINTS: Partial<Record<ReceiverErrorCode, string>> = {
  UNSIGNED: TAMPERED_COPY,
  HALF_SIGNED: "have the other holders of keys sign it before it is copied to where nodes look",
  WRONG_KEY:
    "sign it with the keys of its own role; where keys were exchanged, publish the root that names them first",
  BAD_SIGNATURE: TAMPERED_COPY,
  DUPLICATE_SIGNATURE: SIGN_AGAIN,
  DUPLICATE_KEY: "publish a root, or a list of roles, that names each key once",
  BAD_THRESHOLD: "publish a root, or a list of roles, whose thresholds its keys can reach",
  AMBIGUOUS_JSON: SIGN_AGAIN,
  BAD_METADATA: TAMPERED_COPY,
  MIXED_UP: "wait until this copy is complete, or copy the repository again as a whole",
  ROLLED_BACK: "bring this copy up to date; a newer state of the repository was seen before",
  FORKED: "find out who else signs with this role's key; if nobody should, replace the key",
  EXPIRED: "have the repository refreshed (`slipway repo refresh`), and check this machine's clock",
  CLOCK_AHEAD:
    "check this machine's clock (`timedatectl`); if it is right, the repository was left alone: have it refreshed, with a new root where that has expired",
  WRONG_ROLE: "publish the list of roles again with Slipway's own commands",
  BAD_TARGET_NAME: "publish the release or the channel again with Slipway's own commands",
  TAMPERED: TAMPERED_COPY,
  TOO_SLOW: "check the network between here and the source, or name a nearer one",
  TOO_LARGE: TAMPERED_COPY,
};

/** The refusal of a file. `why` follows the file's name: "is not JSON". */
export const refusal = (
  code: ReceiverErrorCode,
  { file, source }: Place,
  why: string,
  details: { readonly cause?: unknown; readonly hint?: string } = {},
): ReceiverError => {
  const hint = details.hint ?? HINTS[code];
  return new ReceiverError(code, `${file} from ${source} ${why}`, {
    source,
    ...(hint === undefined ? {} : { hint }),
    ...(details.cause === undefined ? {} : { cause: details.cause }),
  });
};
