/** The codes of what comes from repositories: sources, what is signed, and what that leads to. Pure. */
import type { ReceiverErrorCode } from "@slipway/receiver";
import type { CodeText } from "./code-text.ts";

/** What has a line elsewhere, and what nobody says today: a damaged journal of staging is begun anew. */
type Elsewhere = "WRITE_FAILED" | "ABORTED" | "JOURNAL_INVALID";
type FromRepository = Exclude<ReceiverErrorCode, Elsewhere>;

const COPY_AGAIN =
  "compare this copy with the original (`slipway repo verify`), and copy it again; the agent takes another source meanwhile, where one is set";
const SIGN_AGAIN = "sign it again with Slipway's own commands";

export const REPOSITORY_CODES: Readonly<Record<FromRepository, CodeText>> = {
  UNREACHABLE: {
    means: "no source of the repository answers",
    remedy:
      "check network, name resolution and `repository` (`slipway-agent config show`); it is tried again",
  },
  NOT_FOUND: {
    means: "the source does not have a file that it should have; over the API: no such path",
    remedy:
      "see whether the address is right and the copy complete; over the API see /v1/openapi.json",
  },
  TOO_LARGE: {
    means: "a file is larger than it may be; over the API: the body is",
    remedy: COPY_AGAIN,
  },
  TOO_SLOW: {
    means: "a source takes longer than anybody waits",
    remedy: "check the network between here and there, or name a nearer source; it is tried again",
  },
  BAD_ANSWER: {
    means: "a source answers with something else than the file",
    remedy: "look at what stands between: a proxy, a page to log in; it is tried again",
  },
  UNSIGNED: { means: "metadata has no signature", remedy: COPY_AGAIN },
  HALF_SIGNED: {
    means: "fewer have signed than must",
    remedy: "have the other holders of keys sign before it is copied to where nodes look",
  },
  WRONG_KEY: {
    means: "it is signed with other keys than the role's",
    remedy:
      "sign it with the keys of its own role; where keys were exchanged, publish the root that names them first",
  },
  BAD_SIGNATURE: { means: "it was changed after it was signed", remedy: COPY_AGAIN },
  DUPLICATE_SIGNATURE: { means: "one key has signed twice", remedy: SIGN_AGAIN },
  DUPLICATE_KEY: {
    means: "one key stands under two ids",
    remedy: "publish a root, or a list of roles, that names each key once",
  },
  BAD_THRESHOLD: {
    means: "more signatures are asked for than there are keys, or none",
    remedy: "publish a root, or a list of roles, whose thresholds its keys can reach",
  },
  AMBIGUOUS_JSON: { means: "two readers could read the metadata differently", remedy: SIGN_AGAIN },
  BAD_METADATA: { means: "nobody can read the metadata", remedy: COPY_AGAIN },
  MIXED_UP: {
    means: "files of two states of the repository stand together",
    remedy: "wait until this copy is complete, or copy the repository again as a whole",
  },
  ROLLED_BACK: {
    means: "the copy is older than what this node has seen",
    remedy: "bring this copy up to date",
  },
  FORKED: {
    means: "a version that was seen has other contents now: somebody else signs with that key",
    remedy: "find out who; if nobody should, `slipway keys revoke`",
  },
  EXPIRED: {
    means: "what is signed has not been signed anew in time",
    remedy: "`slipway repo refresh` where the keys are; check this node's clock (`timedatectl`)",
  },
  CLOCK_AHEAD: {
    means: "everything has expired by this node's clock: it is likelier that the clock is ahead",
    remedy:
      "`timedatectl`; if the clock is right, the repository was left alone: `slipway repo refresh`",
  },
  WRONG_ROLE: { means: "a role lists what is another's to list", remedy: SIGN_AGAIN },
  BAD_TARGET_NAME: {
    means: "a release or a channel has a name that none can have",
    remedy: "publish it again with Slipway's own commands",
  },
  TAMPERED: { means: "a file's bytes are not those that were signed", remedy: COPY_AGAIN },
  NO_TRANSPORT: {
    means: "the release has nothing from which this node could make it",
    remedy: "publish the release again with all its transports, or update the agent first",
  },
  BOOTED_RELEASE: { means: "what was to be staged is what runs", remedy: "nothing" },
  SLOT_TOO_SMALL: {
    means: "the release is larger than this node's slots",
    remedy: "make the image smaller, or install the node anew with larger slots",
  },
  SLOT_BUSY: {
    means: "somebody else uses the other slot",
    remedy: "`lsblk` shows who; unmount it. It is tried again",
  },
  READ_BACK_DIFFERS: {
    means: "the disk does not give back what was written",
    remedy: "the disk loses or changes what is written to it: replace it",
  },
  WRONG_SECTOR_SIZE: {
    means: "the disk has sectors that no slot can have",
    remedy: "install the node on another disk",
  },
};
