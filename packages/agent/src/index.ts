/** The agent: what it knows of a node, what it does there, and when. */
/** The node's side of Slipway. */
export {
  carryForward,
  type CarryOptions,
  type CarryReleases,
  planCarry,
} from "./etc/carry-forward.ts";
export { EtcError, type EtcErrorCode, type EtcErrorDetails } from "./etc/errors.ts";
export { type ConflictLine, type EtcReport, formatReport, type ReportLine } from "./etc/report.ts";
export type { EtcDirectories } from "./etc/states.ts";
export { type Action, type ActionName, decodeAction } from "./api/action.ts";
export { matchRoute } from "./api/routes.ts";
export { mergeSettings } from "./config/merge.ts";
export { MESSAGE_FIELDS, MESSAGES } from "./telling/messages.ts";
export { metricsDocument } from "./api/metrics/document.ts";
export { metricsText } from "./api/metrics/metric.ts";
export type { MetricSource } from "./api/metrics/source.ts";
export { METRICS } from "./api/metrics/table.ts";
/** Units whose jobs the check `slipway/jobs` passes over. */
export { NOT_WAITED_FOR } from "./health/looks/jobs.ts";
export { statesDocument } from "./machine/diagram.ts";
export { motdWriter, type TellMotd } from "./daemon/motd.ts";
export { journalDocument } from "./telling/journal-document.ts";

export type { CheckOutcome, Failed, Outcome, Tasks } from "./engine/ports.ts";
export type { LedgerView } from "./ledger/view.ts";
export type { ReleaseRef } from "./machine/release.ts";
export { NodeError, type NodeErrorCode } from "./node/errors.ts";
export type { BootDisk, EspEntry, HostFacts, NodeView } from "./node/facts.ts";
export { type HostReader, linuxHostReader } from "./node/host-reader.ts";
export { nodeIdOf } from "./node/node-id.ts";
export { readNode } from "./node/read-node.ts";
export { carryEtc } from "./tasks/carry-etc.ts";
export { NODE_PLACES, type Places, type TaskContext } from "./tasks/context.ts";
export { etcLeftBehind } from "./tasks/etc-left-behind.ts";
export { planUpdate, type PlanOutcome } from "./tasks/plan-update.ts";
export { linuxTaskContext } from "./tasks/linux-context.ts";
export { tasksOf } from "./tasks/tasks.ts";

export { askSystem } from "./report/ask-system.ts";
export type { MachineFacts } from "./report/machine-facts.ts";
export type { Report } from "./report/report.ts";
export { fileSink, type ReportSink } from "./report/report-sink.ts";
export { readMachineFacts } from "./report/this-machine.ts";

export { type ResetChoice, resetOrder } from "./reset/keep-list.ts";
export { type Lost, resetFiles, type ResetFiles } from "./reset/reset-files.ts";

export {
  bootOrder,
  type LoaderEntry,
  type LoaderFile,
  type LoaderRelease,
  nameOnceBooted,
} from "./esp/boot-order.ts";
