/** The codes of what the node itself objects to, its disk and what its operator has said. Pure. */
import type { HostErrorCode } from "@slipway/host";
import type { AgentErrorCode } from "../errors.ts";
import type { EspErrorCode } from "../esp/errors.ts";
import type { EtcErrorCode } from "../etc/errors.ts";
import type { NodeErrorCode } from "../node/errors.ts";
import type { CodeText } from "./code-text.ts";

const REPLACE_THE_DISK =
  "the disk loses or changes what is written to it: look at the kernel's messages (`journalctl --dmesg`), and replace it";

/** Kept for what may say it one day; today a closed gate is told by what keeps it closed. */
type Unsaid = "GATE_CLOSED";

/** What stands in the way of an order, or of the agent's own next step. */
export const NODE_CODES: Readonly<
  Record<Exclude<AgentErrorCode, Unsaid> | NodeErrorCode, CodeText>
> = {
  USAGE: {
    means: "what was asked for makes no sense",
    remedy: "the message says what does; `--help` has the rest",
  },
  BUSY: {
    means: "another process of the agent is at work on this node",
    remedy: "`slipway-agent status` says what it does; try again when it is through",
  },
  DEGRADED: {
    means: "the node runs on a temporary `/var`, and nothing is written",
    remedy: "`cat /run/slipway/degraded` says why; put that right, and reboot",
  },
  UNPROVEN: {
    means: "nobody can tell from which boot entry the release was started (kexec, soft reboot)",
    remedy: "reboot, so that the boot loader starts what is on the disk",
  },
  ON_PROBATION: {
    means: "the release is not judged yet, and the other slot is what the node falls back to",
    remedy: "wait; `slipway-agent health --now` shows how its checks stand",
  },
  BOOTED_IS_BAD: {
    means: "the release that runs was found bad",
    remedy:
      "reboot where the other slot has a good one; else put right what failed (`slipway-agent history`), or `slipway-agent forgive` the other slot's release and `slipway-agent rollback`",
  },
  NOTHING_TO_ROLL_BACK_TO: {
    means:
      "the other slot holds nothing that could be booted, or a release that is staged, untried or forbidden",
    remedy: "the hint says how to get one",
  },
  BELOW_FLOOR: {
    means: "the release has a lower security epoch than one that this node has blessed",
    remedy:
      "publish a release of that epoch; a rollback goes there all the same with `--accept-epoch N`",
  },
  FORBIDDEN: {
    means: "the release failed on this node, or was rolled back from",
    remedy: "publish a better one, or `slipway-agent forgive VERSION`",
  },
  ALREADY_BOOTED: { means: "it is what this node runs", remedy: "nothing" },
  NOT_NEWER: {
    means: "the release is not newer than the one that runs",
    remedy:
      "`slipway-agent rollback` reaches the other slot's; anything else has to be published under a newer version",
  },
  PINNED: {
    means: "the node is pinned to another version, or to the one that runs",
    remedy: "`slipway-agent unpin`",
  },
  PAUSED: {
    means: "an operator has paused updates on this node",
    remedy: "`slipway-agent resume`, or `slipway-agent update --now` for this once",
  },
  NOT_CONFIRMED: {
    means: "the code of a factory reset is not good, or no longer",
    remedy: "`slipway-agent factory-reset` shows what is lost, and another code",
  },
  HOOK_HELD: {
    means: "a hook holds the release; the last line that it wrote is the reason",
    remedy: "put right what the hook says; `slipway-agent update --skip-hooks` goes past it",
  },
  HOOK_NOT_YET: {
    means: "a hook wants to be asked again soon",
    remedy: "wait; `slipway-agent update --skip-hooks` goes past it",
  },
  SESSIONS: {
    means: "a restart that nobody asked for waits for whoever is logged in",
    remedy: "log out; `slipway-agent update` restarts at once",
  },
  NOT_KNOWN: {
    means: "nothing of that name is known on this node",
    remedy: "`slipway-agent status` shows what is",
  },
  UNFINISHED: {
    means: "a helper of the agent ended without an answer, or an order came to nothing",
    remedy: "read the journal of the unit that the hint names",
  },
  STATE_UNUSABLE: {
    means: "the agent's directory on `/var`, or the next release's /etc, cannot be written",
    remedy: "see whether `/var` is mounted, has room and is not read-only; verbs need root",
  },
  LEDGER_UNUSABLE: {
    means: "the ledger cannot be read or written",
    remedy: "check the disk that holds `/var`, and its room",
  },
  WRITE_FAILED: {
    means: "something could not be written: the slot, the ESP or `/var`",
    remedy: "make room (`df /var /efi`), and look at the kernel's messages for errors of the disk",
  },
  ILLEGAL: {
    means: "a fault of the agent itself",
    remedy: "`slipway-agent support`, and report it",
  },
  NOT_A_NODE: {
    means: "what every node of ours has is not there",
    remedy: "run it on a node that was installed from an image of Slipway",
  },
  UNREADABLE: {
    means: "something is there and cannot be read",
    remedy: "be root; else look at the kernel's messages for errors of the disk",
  },
};

/** What a task objects to: the ESP, /etc, the machine's own operations. */
export const TASK_CODES: Readonly<
  Record<
    EspErrorCode | Exclude<EtcErrorCode, AgentErrorCode | NodeErrorCode> | HostErrorCode,
    CodeText
  >
> = {
  ENTRY_MISSING: {
    means: "no file on the ESP holds the release",
    remedy: "stage it again: `slipway-agent update`",
  },
  ENTRY_DIFFERS: {
    means: "the boot entry on the ESP is not what was staged",
    remedy: "stage it again: `slipway-agent update`; where that helps nothing, replace the disk",
  },
  LOADER_DIFFERS: {
    means: "the boot loader was not written as it should be",
    remedy: REPLACE_THE_DISK,
  },
  ESP_FULL: {
    means: "there is no room for the boot loader on the ESP",
    remedy: "`ls -lR /efi` shows what fills it; remove what is not Slipway's",
  },
  KEEPS_CHANGING: {
    means: "/etc changed each time it was read",
    remedy: "nothing; where it stays so, see which program writes there all the time",
  },
  NOT_AS_PLANNED: {
    means: "the next release's /etc is not what was written",
    remedy: REPLACE_THE_DISK,
  },
  OWN_RELEASE: {
    means: "/etc was to be carried from a release to itself",
    remedy: "`slipway-agent support`, and report it",
  },
  COMMAND_FAILED: {
    means: "a program of the system failed; its last lines are in the message",
    remedy: "run it again by hand, as the hint shows it",
  },
  COMMAND_MISSING: {
    means: "a program that every release has is not there",
    remedy: "build the image with the package that has it",
  },
  COMMAND_TIMEOUT: {
    means: "a program of the system did not end in its time",
    remedy: "try again",
  },
  DEVICE_BUSY: {
    means: "somebody else uses the disk's partition",
    remedy: "`lsblk` shows who; unmount it",
  },
  DEVICE_FAILED: { means: "the disk answers with an error", remedy: REPLACE_THE_DISK },
  FILE_FAILED: {
    means: "a file could not be read or written",
    remedy: "the message says which and why",
  },
  OUTPUT_FAILED: {
    means: "what a verb has to say could not be written",
    remedy: "see where its output goes",
  },
  ABORTED: {
    means: "somebody interrupted it, or a rollback came before it; the node is whole",
    remedy: "nothing: the agent goes on from there",
  },
};
