/** The API over the agent: the documents that the verbs print, and orders for the ledger or for the daemon's loop. */
import type { Action, OrderAction, SlowAction } from "../../api/action.ts";
import { coalesced } from "../../api/coalesced.ts";
import type { Snapshot } from "../../api/events/feed.ts";
import { metricsText } from "../../api/metrics/metric.ts";
import type { ProcessFacts } from "../../api/metrics/source.ts";
import { METRICS } from "../../api/metrics/table.ts";
import type { Acted, ApiPorts } from "../../api/ports.ts";
import type { Order, OrderQueue } from "../../daemon/order-queue.ts";
import { AgentError, because } from "../../errors.ts";
import type { LedgerEntry } from "../../ledger/entry.ts";
import * as orders from "../../orders/orders.ts";
import type { Agent, Look } from "../agent.ts";
import { stateLine, statusDocument } from "../present/status-document.ts";
import { blockersOf } from "../present/why.ts";
import { Refusal } from "../refusal.ts";
import { configDocument } from "../verbs/config.ts";
import { healthDocument } from "../verbs/health.ts";
import { historyDocument } from "../verbs/history.ts";
import { whyDocument } from "../verbs/why.ts";

export interface NodeApiOptions {
  /** `order`: as the verbs', but that it wakes this daemon and no other process. */
  readonly agent: Pick<Agent, "look" | "config" | "health" | "order">;
  readonly queue: Pick<OrderQueue, "add" | "records">;
  readonly processFacts: () => ProcessFacts;
}

export interface NodeApi {
  readonly ports: ApiPorts;
  readonly snapshot: () => Promise<Snapshot>;
}

const REASON = "asked for over the API";

/** Why it is not even begun. */
const refuse = (action: SlowAction, { ledger, rollback }: Look): void => {
  if (action.kind === "update" && !action.now && ledger.pause !== undefined)
    throw new AgentError(
      "PAUSED",
      `updates are paused on this node${because(ledger.pause.reason)}`,
      { hint: 'resume first, or send "now": true to take it all the same' },
    );
  if (action.kind === "rollback" && rollback.kind === "none") throw new Refusal(rollback.why);
};

const orderOf = (action: SlowAction): Order => {
  switch (action.kind) {
    case "check":
      return { kind: "look-asked" };
    case "update":
      return {
        kind: "update-asked",
        ...(action.to === undefined ? {} : { to: action.to }),
        ...(action.from === undefined ? {} : { from: action.from }),
      };
    case "rollback":
      return {
        kind: "rollback-asked",
        reason: action.reason ?? REASON,
        ...(action.to === undefined ? {} : { to: action.to }),
        ...(action.acceptEpoch === undefined ? {} : { acceptEpoch: action.acceptEpoch }),
      };
  }
};

const entriesOf = (action: OrderAction, { observed, ledger }: Look): readonly LedgerEntry[] => {
  switch (action.kind) {
    case "pin":
      return [orders.pin(observed.booted, action)];
    case "unpin":
      return ledger.pin === undefined ? [] : [orders.unpin()];
    case "pause":
      return [orders.pause(action.reason)];
    case "resume":
      return ledger.pause === undefined ? [] : [orders.resume()];
    case "forgive":
      return orders.forgive(ledger, action.which);
  }
};

const isSlow = (action: Action): action is SlowAction =>
  action.kind === "check" || action.kind === "update" || action.kind === "rollback";

export const nodeApi = ({ agent, queue, processFacts }: NodeApiOptions): NodeApi => {
  // A look reads disks: a crowd that asks at once shares one.
  const look = coalesced(agent.look);
  const health = coalesced(() => agent.health({ now: false }));

  const act = async (action: Action): Promise<Acted> => {
    if (!isSlow(action)) {
      const recorded = await agent.order((seen) => entriesOf(action, seen));
      return { kind: "done", document: { schema: 1, recorded } };
    }
    if (action.kind !== "check") refuse(action, await look());
    const record = queue.add(orderOf(action));
    if (record === undefined)
      throw new AgentError("BUSY", "too many actions wait on this node already", {
        hint: "see /v1/actions for them, and ask again when they are done",
      });
    return { kind: "accepted", record };
  };

  return {
    ports: {
      status: async () => statusDocument(await look()),
      why: async () => whyDocument(await look()),
      history: async (limit) => historyDocument((await look()).ledger, limit),
      health: async () => healthDocument(await health()),
      config: async () => configDocument(await agent.config(), true),
      actions: queue.records,
      act,
      metrics: async () => {
        const looked = await look();
        const blockers = blockersOf(looked).map(({ code }) => code);
        return metricsText(METRICS, { ...looked, blockers, process: processFacts() });
      },
    },
    snapshot: async () => {
      const [{ state, ledger }, { verdict }] = [await look(), await health()];
      return {
        state: stateLine(state),
        records: ledger.history,
        verdict,
        actions: queue.records(),
      };
    },
  };
};
