/** Why a repository that answers offers this node nothing: its rules, as people are told of them. Pure. */
import type { BlockerRule } from "@slipway/release";
import type { CodeText } from "./code-text.ts";

export const OFFER_RULES: Readonly<Record<BlockerRule, CodeText>> = {
  "up-to-date": { means: "this node runs the newest release that it may have", remedy: "nothing" },
  older: {
    means: "the version that was asked for is older than the one that runs",
    remedy:
      "`slipway-agent rollback` where it is in the other slot; else publish it under a newer version",
  },
  "no-way-on": {
    means: "the release that runs is a dead end, or is on no channel that leads on",
    remedy: "install the node anew, or set another `channel`",
  },
  "not-signed": {
    means:
      "the version is on the channel, and there is no signed release for this image and architecture",
    remedy: "publish it for this architecture",
  },
  "dead-end": { means: "no upgrade leads on from that release", remedy: "publish a newer one" },
  withdrawn: { means: "the release was taken back", remedy: "publish a better one" },
  forbidden: {
    means: "the release failed on this node, or was rolled back from",
    remedy: "publish a better one, or `slipway-agent forgive VERSION`",
  },
  "below-floor": {
    means: "the release has a lower security epoch than one that this node has blessed",
    remedy: "publish a release of that epoch",
  },
  "slot-too-small": {
    means: "the release is larger than this node's slots",
    remedy: "make the image smaller, or install the node anew with larger slots",
  },
  "behind-barrier": {
    means: "the way there leads through another release first",
    remedy: "nothing, where that one is offered; else see what keeps it",
  },
  "agent-too-old": {
    means: "the release asks for a newer agent than this node has",
    remedy: "keep a release with that agent on the channel which an older agent can stage",
  },
  "held-back": {
    means: "no wave of the rollout reaches this node",
    remedy: "publish the version again with a policy that does",
  },
  paused: { means: "the rollout is paused", remedy: "wait until it goes on" },
  wave: { means: "this node's turn has not come yet", remedy: "nothing; it says when" },
};
