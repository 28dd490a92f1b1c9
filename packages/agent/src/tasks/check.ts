/** What the repository has for this node. */
import {
  type Blocker,
  buildGraph,
  compareVersions,
  type NodeFacts,
  type Offer,
  offerOf,
  offers,
  type UpdateGraph,
} from "@slipway/release";
import type { CheckOutcome } from "../engine/ports.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { CheckRequest } from "../machine/effect.ts";
import type { Blocker as ToldBlocker } from "../machine/event.ts";
import type { HostFacts } from "../node/facts.ts";
import type { TaskContext, TaskSettings } from "./context.ts";
import { failureOf } from "./outcome.ts";
import { type OpenRepository, openRepository } from "./repository.ts";

const MIB = 2 ** 20;

/** Nothing on the node is changed but what is believed of the repository. */
export const check = async (
  context: TaskContext,
  request: CheckRequest,
  ledger: LedgerView,
): Promise<CheckOutcome> => {
  try {
    return outcomeOf((await askRepository(context, request, ledger)).offer);
  } catch (error) {
    return failureOf(error);
  }
};

export interface Asked extends OpenRepository {
  readonly offer: Offer;
  readonly facts: HostFacts;
}

/** Fetches metadata, and nothing else. @throws TaskError, ReceiverError, NodeError */
export const askRepository = async (
  context: TaskContext,
  request: CheckRequest,
  ledger: LedgerView,
): Promise<Asked> => {
  const { facts } = await context.look();
  const settings = await context.settings();
  const repository = await openRepository(context, request.from);
  const { view } = repository;
  const channel = await view.channel(facts.image, settings.channel);
  const signed = await view.releases(facts.image, facts.architecture);
  const graph = buildGraph(channel, facts.architecture, signed);
  const node = nodeFacts(facts, settings, ledger, await context.nodeId());
  const now = Math.floor(context.clock.now().getTime() / 1000);
  return { ...repository, facts, offer: choose(graph, node, request, now) };
};

/** Who carries an export to the node means this node, now; who names a release does too. Else its turn has to come. */
const choose = (
  graph: UpdateGraph,
  node: NodeFacts,
  { only, from, take }: CheckRequest,
  now: number,
): Offer => {
  if (only !== undefined)
    return offerOf(graph, node, { version: only, atOnce: take === "by-hand" }, now);
  const newest = graph.releases.findLast(({ signed }) => signed !== undefined)?.rollout.version;
  const isNewer = newest !== undefined && compareVersions(newest, node.version) > 0;
  return from === undefined || !isNewer
    ? offers(graph, node, now)
    : offerOf(graph, node, { version: newest, atOnce: true }, now);
};

const nodeFacts = (
  facts: HostFacts,
  { group, wariness }: TaskSettings,
  ledger: LedgerView,
  id: string,
): NodeFacts => ({
  id,
  version: facts.booted.version,
  securityEpochFloor: ledger.floor,
  agentVersion: facts.agentVersion,
  forbidden: new Set(ledger.forbidden.keys()),
  slotMib: Math.floor(facts.slotBytes / MIB),
  ...(group === undefined ? {} : { group }),
  ...(wariness === undefined ? {} : { wariness }),
});

const outcomeOf = (offer: Offer): CheckOutcome => {
  if (offer.kind === "none") return { kind: "none", blocker: blockerOf(offer.blocker) };
  const { version, roothash, securityEpoch } = offer.release;
  return { kind: "offer", release: { version, roothash, securityEpoch } };
};

export const blockerOf = ({ rule, message, hint, version, clearsAt }: Blocker): ToldBlocker => ({
  code: rule,
  message,
  ...(hint === undefined ? {} : { hint }),
  ...(version === undefined ? {} : { version }),
  ...(clearsAt === undefined ? {} : { clearsAt }),
});
