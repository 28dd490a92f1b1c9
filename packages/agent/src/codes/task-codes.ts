/** The codes of tasks, of lock servers, of `why` and of the API. Pure. */
import type { ApiErrorCode } from "../api/problem.ts";
import type { TaskErrorCode } from "../tasks/outcome.ts";
import type { CodeText } from "./code-text.ts";

/** What `why` alone says, and a lock server. */
export type WaitingCode =
  | "SETTINGS_WRONG"
  | "WINDOW_CLOSED"
  | "MANUAL"
  | "LOCK_NOT_ASKED"
  | "LOCK_HELD"
  | "LOCK_REFUSED"
  | "LOCK_UNREACHABLE";

export const WAITING_CODES: Readonly<Record<WaitingCode, CodeText>> = {
  SETTINGS_WRONG: {
    means: "a file of settings has an error, and nothing is taken but by hand",
    remedy: "mend the file that the message names; `slipway-agent config show` reads it anew",
  },
  WINDOW_CLOSED: {
    means: "a staged release waits for a window",
    remedy: "nothing; `slipway-agent update` does not wait",
  },
  MANUAL: {
    means: "a release is staged, and the strategy is manual",
    remedy: "`slipway-agent update` restarts into it",
  },
  LOCK_NOT_ASKED: {
    means: "the lock server has not answered yet",
    remedy: "nothing; `slipway-agent update` does not wait",
  },
  LOCK_HELD: {
    means: "the lock server has no lease left: others of the group are away",
    remedy: "nothing; where they do not come back, look at them, and at the lock server",
  },
  LOCK_REFUSED: {
    means: "the lock server refuses this node",
    remedy: "read the lock server's log, and whether it knows `lock_group`",
  },
  LOCK_UNREACHABLE: {
    means: "the lock server gives no answer",
    remedy:
      "see whether `lock_server` is right, and the server runs; `slipway-agent update` does not wait",
  },
};

type OwnTaskCode = Exclude<TaskErrorCode, "SLOT_TOO_SMALL">;

export const PREFLIGHT_CODES: Readonly<Record<OwnTaskCode, CodeText>> = {
  E_SPACE: {
    means:
      "there is no room on `/var` or on the ESP; the message says where, and how much is needed",
    remedy:
      "`journalctl --vacuum-size=100M`, and remove what is yours on `/var`; on the ESP `ls -lR /efi`, and remove what is not Slipway's",
  },
  CLOCK_BEHIND: {
    means: "the clock is earlier than the day on which the booted release was built",
    remedy: "`timedatectl` says why it is not set; `timedatectl set-time` sets it",
  },
  LOADER_BOUND: {
    means:
      "the boot loader is told to boot an entry by name: it would not boot a new one, nor leave a bad one",
    remedy:
      '`bootctl set-default ""`, `bootctl set-oneshot ""`, or edit the file that the message names',
  },
  NOT_STAGED: {
    means: "the other slot does not hold the release any more",
    remedy: "stage it again: `slipway-agent update`",
  },
  NO_REPOSITORY: {
    means: "no repository is set, so this node looks for no releases",
    remedy:
      "set `repository` in a file of /etc/slipway/agent.d, or under `image.update` when the image is built",
  },
  NO_TRUST: {
    means: "the image has no root metadata: nothing says whose signatures count",
    remedy:
      "build the image with `image.update.root`, and install it, or update from an image that has it",
  },
  NO_NODE_ID: {
    means: "the machine-id is not there or no id, so the node has no place in rollouts",
    remedy: "reboot: systemd makes one when the system starts",
  },
  NOT_LISTED: {
    means: "the repository does not list the release any more",
    remedy: "`slipway-agent check` looks again",
  },
  MOUNT_FAILED: {
    means: "the release in the other slot cannot be mounted",
    remedy: "stage it again: `slipway-agent update`; where that helps nothing, replace the disk",
  },
};

type OwnApiCode = Exclude<ApiErrorCode, "NOT_FOUND" | "TOO_LARGE">;

export const API_CODES: Readonly<Record<OwnApiCode, CodeText>> = {
  WRONG_METHOD: {
    means: "the path does not take that method",
    remedy: "the header `Allow` says what it takes",
  },
  WRONG_TYPE: {
    means: "the body is not said to be JSON",
    remedy: "send it with `Content-Type: application/json`",
  },
  TOO_MANY: {
    means: "so many requests, actions or listeners are there already",
    remedy: "ask again in a moment; `Retry-After` says when",
  },
};
